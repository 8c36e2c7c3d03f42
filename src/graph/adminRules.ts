import { isInForce, isRuleProblem, type MerchandisingRule, readRule } from "../domain/merchandisingRule.js";
import { PLACEMENTS } from "../domain/recommendation.js";
import { commandOf, refusalOf } from "./adminSettings.js";
import { requireAdmin } from "./caller.js";
import type { GraphContext } from "./context.js";

interface RuleInput extends Readonly<Record<string, unknown>> {
  readonly id: string;
  readonly reason?: string | null;
}

/** Resolvers of what merchandisers ask of their rules. */
export const adminRules = {
  Query: {
    async recommendationRules(_root: unknown, _args: unknown, { caller, admin }: GraphContext) {
      requireAdmin(caller, "read the rules");
      return (await admin.rules()).map(shownRule);
    },
  },
  Mutation: {
    async putRecommendationRule(
      _root: unknown,
      { input, dryRun }: { input: RuleInput; dryRun?: boolean | null },
      { caller, admin }: GraphContext,
    ) {
      requireAdmin(caller, "change the rules");
      const { id, reason = null, ...rest } = input;
      const rule = readRule({ ...rest, ruleId: id });
      if (isRuleProblem(rule)) return invalid(rule.field, rule.problem);
      const given = Object.entries(rule).filter(([, value]) => value !== null);
      const fields = Object.fromEntries(given.map(([name, value]) => [inSnakeCase(name), value]));
      const command = commandOf(caller, "put_rule", { ...fields, reason });
      const refusal = refusalOf(await (dryRun === true ? admin.tryOut(command) : admin.submit(command)));
      if (refusal !== null) return invalid(refusal.field, refusal.message);
      const matchingProducts = admin.nMatching(rule);
      return { __typename: "PutRecommendationRuleSuccess", rule: shownRule(rule), matchingProducts };
    },
    async deleteRecommendationRule(
      _root: unknown,
      { id, reason = null }: { id: string; reason?: string | null },
      { caller, admin }: GraphContext,
    ) {
      requireAdmin(caller, "delete a rule");
      const refusal = refusalOf(await admin.submit(commandOf(caller, "delete_rule", { rule_id: id, reason })));
      if (refusal !== null) return invalid(refusal.field, refusal.message);
      return { __typename: "DeleteRecommendationRuleSuccess", id };
    },
  },
  RecommendationRuleAction: { BOOST: "boost", BURY: "bury", PIN: "pin", EXCLUDE: "exclude" },
  RecommendationPlacement: Object.fromEntries(
    PLACEMENTS.map((placement) => [inSnakeCase(placement).toUpperCase(), placement]),
  ),
};

function invalid(field: string, message: string) {
  return { __typename: "InvalidInput", field: field === "ruleId" ? "id" : field, message };
}

function shownRule(rule: MerchandisingRule) {
  return { ...rule, id: rule.ruleId, isInForce: isInForce(rule, Date.now()) };
}

function inSnakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
