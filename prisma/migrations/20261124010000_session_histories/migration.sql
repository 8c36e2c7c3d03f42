-- What happened in a visit without a shopper: the history of session lists. What belongs to a shopper is not in it, so
-- a shop of signed-in shoppers pays nothing for it.
CREATE INDEX interactions_session ON interactions (session_id, occurred_at DESC NULLS LAST, event_key)
  INCLUDE (product_no, action_code, value) WHERE user_id IS NULL;
