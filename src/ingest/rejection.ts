/** Why an event or a row is not taken: a closed list, one sentence each. These codes reach clients and rejects files. */
export const REJECT_REASONS = {
  not_an_object: "An event or a row is an object with named fields.",
  missing_shopper: "An interaction names a user_id or a session_id.",
  missing_product_id: "An interaction and a product name a product_id.",
  missing_user_id: "A row of users names a user_id.",
  missing_action: "An interaction names an action_type.",
  missing_timestamp: "A live event says when it happened; only a file row may leave the timestamp empty.",
  bad_id: "An id is text of 1 to 256 bytes without NUL and lone surrogates, or a whole number.",
  bad_action: "An action_type is text of at most 256 bytes without NUL and lone surrogates.",
  bad_timestamp:
    "A timestamp is ISO 8601 text, or seconds or milliseconds since 1970 (as text 9 to 14 digits), up to the year 9999.",
  future_timestamp: "What happened lies at most ten minutes ahead of the server's clock.",
  bad_number: "A number is written in decimal digits and at most 10^12 either way.",
  negative_price: "The price of a product is 0 or more.",
  missing_version: "A product update has a version or an updated_at.",
  bad_version: "The version of a product update is a whole number from 0 to 2^53.",
  bad_deleted: "deleted is one of true, false, 1, 0, yes, no.",
  bad_available: "available is one of true, false, 1, 0, yes, no.",
  bad_text: "Text holds neither NUL nor lone surrogates.",
  erased_shopper: "An event is not one of a shopper who was erased after it happened.",
  wrong_column_count: "A CSV row has as many fields as the header.",
  unfinished_row: "The last row of a file is complete.",
  not_utf8: "A row is UTF-8 text.",
  bad_json: "A message, or a line of an NDJSON file, is one JSON value.",
  too_old: "What happened lies within the time for which interactions are kept.",
  no_value: "A message has a value; without one only a product can be deleted.",
  message_too_large: "A message has at most 256 kB.",
  unknown_schema_version: "schema_version, where a message has one, is 1 or 1.x.",
  bad_command: "A command names its type, or a parameter_name to set; its other fields are text.",
  refused_by_store: "A message holds what the store takes.",
} as const;

export type RejectReason = keyof typeof REJECT_REASONS;

/** What a decoder returns instead of a value. It is returned, not thrown: a file of a million bad rows costs no stacks. */
export class Rejection {
  constructor(
    readonly reason: RejectReason,
    readonly message: string,
  ) {}
}
