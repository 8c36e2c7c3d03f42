import type { WaitingMessage } from "../shop/shopFile.js";

/** Where messages leave the shop. */
export interface Door {
  /** Resolves when these, all of one topic, are where nothing loses them; what is refused for good is told and done. */
  send(messages: readonly WaitingMessage[]): Promise<void>;
  close(): Promise<void>;
}
