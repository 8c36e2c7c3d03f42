import { isRuleProblem, type MerchandisingRule, readRule } from "../../src/domain/merchandisingRule.js";

/** A rule that says no more than a test needs. */
export function merchandisingRule(
  rule: Pick<MerchandisingRule, "action"> & Partial<MerchandisingRule>,
): MerchandisingRule {
  const read = readRule({ ruleId: rule.action, name: `a ${rule.action}`, ...rule });
  if (isRuleProblem(read)) throw new Error(`${read.field}: ${read.problem}`);
  return read;
}
