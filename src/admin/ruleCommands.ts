import { type CommandExecutors, refuseCommand } from "../domain/adminCommand.js";
import type { MerchandisingRules } from "../domain/administration.js";
import { idProblem } from "../domain/ids.js";
import { isRuleProblem, MAX_RULES, readRule } from "../domain/merchandisingRule.js";
import { isReason, refuseReason } from "./reason.js";

/**
 * The commands about merchandising rules. `put_rule` has the fields of a rule in snake_case and takes the place of the
 * rule of that `rule_id`; `delete_rule` has `rule_id`. Both may have `reason`.
 */
export function ruleCommands(rules: MerchandisingRules): CommandExecutors {
  return {
    async put_rule({ body, issuedBy }, transaction) {
      const { reason = null, ...fields } = body;
      if (!isReason(reason)) return refuseReason();
      const read = readRule(inCamelCase(fields));
      if (isRuleProblem(read)) return refuseCommand(read.field, read.problem);
      if (!(await rules.put(read, issuedBy, transaction))) {
        return refuseCommand("ruleId", `one of the rules there are is required: a shop has at most ${MAX_RULES}`);
      }
      return { status: "accepted", outcome: { ruleId: read.ruleId } };
    },
    async delete_rule({ body }, transaction) {
      const { reason = null, rule_id: ruleId } = body;
      if (!isReason(reason)) return refuseReason();
      const isRemoved =
        typeof ruleId === "string" && idProblem(ruleId) === null && (await rules.remove(ruleId, transaction));
      if (!isRemoved) return refuseCommand("ruleId", "the id of a rule that exists is required");
      return { status: "accepted", outcome: { ruleId } };
    },
  };
}

function inCamelCase(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const named = (name: string) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [named(name), value]));
}
