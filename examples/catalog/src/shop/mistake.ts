import { IntrinsicException } from "@nestjs/common";

/** What a caller has asked that cannot be; the code is for programs, the message for people. Nest does not log it. */
export class Mistake extends IntrinsicException {
  constructor(
    readonly code: "BAD_USER_INPUT" | "NOT_FOUND" | "OUT_OF_STOCK" | "FORBIDDEN" | "UNAUTHENTICATED",
    message: string,
  ) {
    super(message);
    this.name = "Mistake";
  }
}
