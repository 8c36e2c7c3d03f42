import type { MerchandisingRules } from "../domain/administration.js";
import { isRuleProblem, MAX_RULES, type MerchandisingRule, readRule } from "../domain/merchandisingRule.js";
import { LOCK } from "./advisoryLocks.js";
import type { Database } from "./database.js";
import { connectionOf } from "./storeTransaction.js";

const LOAD_SQL = `SELECT rule_id, rule FROM merchandising_rules ORDER BY rule_id COLLATE "C"`;

/** Two that add the last rule at once are counted one after the other. */
const RULES_LOCK = LOCK.countRules;

const PUT_SQL = `
  INSERT INTO merchandising_rules (rule_id, rule, updated_by)
  SELECT $1::text, $2::jsonb, $3::text WHERE (SELECT count(*) FROM merchandising_rules WHERE rule_id <> $1::text) < ${MAX_RULES}
  ON CONFLICT (rule_id) DO UPDATE
    SET rule = excluded.rule, updated_by = excluded.updated_by, updated_at = clock_timestamp()`;

/** The stored rules, and the rows of them that are none. */
export interface StoredRules extends MerchandisingRules {
  /** How many rows were passed over when the rules were last read. */
  nRefused(): number;
}

/** Keeps the merchandiser's rules. A row that is no rule is reported once, until it is whole again. */
export function createMerchandisingRules({ pool }: Database, onProblem: (problem: string) => void): StoredRules {
  let refused = new Set<string>();
  return {
    async load() {
      const { rows } = await pool.query<{ rule_id: string; rule: unknown }>({ name: "rules", text: LOAD_SQL });
      const rules: MerchandisingRule[] = [];
      const problems = new Set<string>();
      for (const { rule_id: ruleId, rule } of rows) {
        const read = readRule({ ...(rule as object), ruleId });
        if (isRuleProblem(read)) problems.add(`rule ${ruleId}: ${read.field}: ${read.problem}`);
        else rules.push(read);
      }
      for (const problem of problems) if (!refused.has(problem)) onProblem(problem);
      refused = problems;
      return rules;
    },
    nRefused: () => refused.size,
    async put(rule, updatedBy, transaction) {
      const client = connectionOf(transaction);
      await client.query("SELECT pg_advisory_xact_lock($1)", [RULES_LOCK]);
      const { rowCount } = await client.query(PUT_SQL, [rule.ruleId, JSON.stringify(rule), updatedBy]);
      return rowCount === 1;
    },
    async remove(ruleId, transaction) {
      const sql = "DELETE FROM merchandising_rules WHERE rule_id = $1";
      return (await connectionOf(transaction).query(sql, [ruleId])).rowCount === 1;
    },
  };
}
