import {
  type AdminCommand,
  type CommandExecutors,
  type CommandVerdict,
  refuseCommand,
} from "../domain/adminCommand.js";
import { idText } from "../domain/ids.js";
import { mergedName, type ShopperAdministration, type ShopperRefusal } from "../domain/shopper.js";
import { createShopperAdministration, type ShopperParts } from "./shoppers.js";

type Body = AdminCommand["body"];

/**
 * The commands about shoppers: `merge_users` with `from_user_id` or `from_session_id` and `into_user_id`, `erase_user`
 * with `user_id`, `set_personalization` with `user_id` and `allowed`. What is kept of their outcome names nobody.
 */
export function shopperCommands({ store, forgetFiles }: ShopperParts): CommandExecutors {
  const executor =
    (act: (body: Body, shoppers: ShopperAdministration) => Promise<CommandVerdict>): CommandExecutors[string] =>
    ({ body }, transaction) =>
      act(body, createShopperAdministration({ store: store.within(transaction), forgetFiles }));
  return {
    merge_users: executor(merge),
    erase_user: executor(erase),
    set_personalization: executor(setPersonalization),
  };
}

async function merge(body: Body, shoppers: ShopperAdministration): Promise<CommandVerdict> {
  const from = mergedName(idText(body.from_user_id), idText(body.from_session_id));
  if (from === null) return refuseCommand("from_user_id", "either from_user_id or from_session_id is required");
  const done = await shoppers.merge(from, idText(body.into_user_id) ?? "");
  return done.kind === "refused" ? refused(done) : accepted({ movedInteractions: done.movedInteractions });
}

async function erase(body: Body, shoppers: ShopperAdministration): Promise<CommandVerdict> {
  const done = await shoppers.erase(idText(body.user_id) ?? "");
  if (done.kind === "refused") return refused(done);
  const { erasedInteractions, erasedDeadLetters } = done;
  return accepted({ erasedAt: done.erasedAt.toISOString(), erasedInteractions, erasedDeadLetters });
}

async function setPersonalization(body: Body, shoppers: ShopperAdministration): Promise<CommandVerdict> {
  if (typeof body.allowed !== "boolean") return refuseCommand("allowed", "true or false is required");
  const done = await shoppers.setPersonalization(idText(body.user_id) ?? "", body.allowed);
  return done.kind === "refused" ? refused(done) : accepted({ allowed: done.isAllowed });
}

function accepted(outcome: Record<string, unknown>): CommandVerdict {
  return { status: "accepted", outcome };
}

function refused({ field, message }: ShopperRefusal): CommandVerdict {
  return refuseCommand(field, message);
}
