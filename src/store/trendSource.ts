import { ACTION, ACTION_TYPES } from "../domain/interaction.js";
import { interactionWeight, MAX_INTERACTION_WEIGHT } from "../domain/interactionWeight.js";
import type { FreshTrend, TrendSource } from "../domain/ports.js";
import type { Database } from "./database.js";

/** As far as a sender's clock may be ahead; what an import brings from beyond must not make all else old. */
const MOST_AHEAD = "interval '10 minutes'";
/** What is older has faded to less than a hundredth of a visit and is not worth reading. */
const FADED_HALF_LIVES = 8;

/**
 * What was accepted since the training of a model began, as trending scores by the rules of src/signals/trending.ts: a
 * shopper counts once per product and day, with the strongest thing they did, and ages count in whole days from the
 * newest event. Shoppers who want no personal lists are left out unless training reads them too.
 *
 * $1 model, null for none; $2 its newest event; $3 half-life in days; $4 weight power; $5 weight by action code;
 * $6 neutral rating; $7 whether opted-out shoppers count
 */
const FRESH_TREND_SQL = `
  WITH since AS MATERIALIZED (
    SELECT coalesce(
      (SELECT started_at FROM training_runs WHERE model_version = $1::int ORDER BY run_id DESC LIMIT 1),
      (SELECT created_at FROM models WHERE version = $1::int),
      '-infinity') AS received_at
  ), visited AS MATERIALIZED (
    SELECT coalesce(user_id, session_id) AS shopper, product_no, action_code, value, occurred_at
    FROM interactions
    WHERE received_at > (SELECT received_at FROM since)
      AND occurred_at > coalesce($2::timestamptz, now()) - make_interval(secs => ${FADED_HALF_LIVES} * 86400 * $3::float8)
      AND occurred_at <= now() + ${MOST_AHEAD}
      AND ($7::boolean OR NOT EXISTS (SELECT FROM users WHERE users.user_id = interactions.user_id AND is_opted_out))
  ), newest AS MATERIALIZED (
    SELECT greatest(max(occurred_at), $2::timestamptz) AS occurred_at FROM visited
  ), visits AS (
    SELECT product_no, floor(extract(epoch FROM newest.occurred_at - visited.occurred_at) / 86400)::float8 AS days_ago,
      max(CASE WHEN action_code = ${ACTION.rating}
        THEN greatest(-${MAX_INTERACTION_WEIGHT}, least(${MAX_INTERACTION_WEIGHT}, (value - $6::float8) * 2))
        ELSE ($5::float8[])[action_code + 1] END) AS weight
    FROM visited, newest GROUP BY shopper, product_no, 2
  )
  SELECT product_no AS "productNo", sum(weight ^ $4::float8 * 2 ^ (-days_ago / $3::float8))::float8 AS score,
    (SELECT (extract(epoch FROM occurred_at) * 1000)::float8 FROM newest) AS "newestMs"
  FROM visits WHERE weight > 0 GROUP BY product_no ORDER BY product_no`;

interface FreshRow {
  readonly productNo: number;
  readonly score: number;
  readonly newestMs: number;
}

/** Reads what the crowd has done since a model was trained. */
export function createTrendSource({ pool }: Database): TrendSource {
  return {
    async loadFresh({ modelVersion, newestMs, halfLifeDays, weightPower, settings }): Promise<FreshTrend> {
      const weightOf = interactionWeight(settings);
      const { rows } = await pool.query<FreshRow>({
        name: "fresh-trend",
        text: FRESH_TREND_SQL,
        values: [
          modelVersion,
          Number.isNaN(newestMs) ? null : new Date(newestMs).toISOString(),
          halfLifeDays,
          weightPower,
          ACTION_TYPES.map((_, code) => weightOf(code, Number.NaN)),
          settings["rating.neutral"],
          settings["privacy.trainOnOptedOut"],
        ],
      });
      return {
        productNo: Int32Array.from(rows, (row) => row.productNo),
        score: Float64Array.from(rows, (row) => row.score),
        newestMs: rows[0]?.newestMs ?? newestMs,
      };
    },
  };
}
