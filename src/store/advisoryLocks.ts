/** PostgreSQL's advisory locks that the store takes. Each has a number of its own: two that share one would wait for each other. */
export const LOCK = {
  createPartition: 722_010,
  publishModel: 722_011,
  decideCommands: 722_012,
  changeSettings: 722_013,
  dropPartitions: 722_014,
  decideRuns: 722_015,
  openTrainingQueue: 722_016,
  countRules: 722_017,
  publishOutcomes: 722_018,
  /** Shared by writes of interactions, held alone by a merge or an erasure. */
  shoppers: 722_030,
} as const;
