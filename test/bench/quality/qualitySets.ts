/** One metric and what it has to reach. */
export interface Bar {
  /** As `evaluate` names it: "Recall@20". */
  readonly metric: string;
  /** Shoppers the mean is taken over; warm ones are known to the training. */
  readonly group: "all" | "warm";
  readonly atLeast: number;
  /** Null where nothing more is asked. */
  readonly aim: number | null;
}

/** What a list is measured like, in the words of `evaluate`. */
export interface Protocol {
  readonly exclude: "purchased" | "seen" | "none";
  /** Test rows that count. */
  readonly positives: string;
}

/** A data set, how it is measured, and what it has to reach. */
export interface QualitySet {
  readonly name: string;
  /** Its folder below the folder of all data sets. */
  readonly folder: string;
  /** Products are hidden from the training, and only they are ranked. */
  readonly isCold: boolean;
  readonly protocol: Protocol;
  readonly bars: readonly Bar[];
  /** Null where nothing is required. */
  readonly maxTrainingSeconds: number | null;
  readonly maxPeakBytes: number | null;
}

function bar(metric: string, atLeast: number, aim: number | null, group: Bar["group"] = "all"): Bar {
  return { metric, group, atLeast, aim };
}

function qualitySet(folder: string, exclude: Protocol["exclude"], bars: readonly Bar[]): QualitySet {
  const protocol = { exclude, positives: "all" };
  return { name: folder, folder, isCold: false, protocol, bars, maxTrainingSeconds: null, maxPeakBytes: null };
}

/** The sample shop of this repository is the learning part of this set. */
export const SAMPLE_SET: QualitySet = {
  ...qualitySet("online-retail", "purchased", [bar("Recall@20", 0.13, 0.14), bar("NDCG@20", 0.145, 0.156)]),
  maxTrainingSeconds: 20,
};

/** Every set, the quick ones first. */
export const QUALITY_SETS: readonly QualitySet[] = [
  {
    ...qualitySet("ml-100k", "seen", [
      bar("Recall@10", 0.135, 0.145),
      bar("NDCG@10", 0.32, 0.34),
      bar("Recall@10", 0.18, null, "warm"),
      bar("NDCG@10", 0.225, null, "warm"),
    ]),
    protocol: { exclude: "seen", positives: ">=4" },
  },
  SAMPLE_SET,
  qualitySet("retailrocket-mb", "seen", [bar("HR@20", 0.36, 0.4), bar("NDCG@20", 0.225, 0.26)]),
  qualitySet("retailrocket-sessions", "none", [bar("HR@20", 0.575, 0.6), bar("MRR@20", 0.3, 0.33)]),
  qualitySet("s3rec-beauty", "seen", [bar("HR@10", 0.11, 0.118), bar("NDCG@10", 0.069, 0.074)]),
  {
    ...qualitySet("s3rec-beauty", "seen", [bar("Recall@20", 0.25, 0.28), bar("NDCG@20", 0.134, 0.15)]),
    name: "s3rec-beauty-cold",
    isCold: true,
  },
  {
    ...qualitySet("gowalla", "seen", [bar("Recall@20", 0.184, 0.19), bar("NDCG@20", 0.151, 0.157)]),
    maxTrainingSeconds: 150,
    maxPeakBytes: 2.5e9,
  },
];

/** The protocol as options of `evaluate`. */
export function protocolText({ isCold, protocol: { exclude, positives } }: QualitySet): string {
  const options = [`--exclude ${exclude}`];
  if (positives !== "all") options.push(`--positives '${positives}'`);
  if (isCold) options.push("--candidates");
  return options.join(" ");
}
