import { deflateRawSync, inflateRawSync } from "node:zlib";
import { N_CONTEXT } from "../scorer/contextFeatures.js";
import { N_SIGNALS } from "../scorer/gates.js";
import { checkRows, floats, wholeNumbers } from "./checkedSections.js";
import { damaged, openEnvelope, sealEnvelope } from "./envelope.js";
import { readSections, type SectionEntry, writeSections } from "./sections.js";

/**
 * The lists that a model's twin from before the refit gave to held-out questions, with what the scorer needs to rank
 * them again under other gates or weights. Nothing in them says who was asked about.
 */
export interface HeldOutLists {
  /** Names the data and the questions: equal only where two trainings learned from the same and were asked the same. */
  readonly basis: string;
  /** List l holds rows start[l] … start[l + 1] − 1, in the order that settles equal scores. */
  readonly start: Int32Array;
  /** Index in the model's productIds per row. */
  readonly product: Int32Array;
  /** f̂, row-major (nRows × nSignals). */
  readonly value: Float32Array;
  /** Row-major (nRows × nContext). */
  readonly context: Float32Array;
  /** 1 per row whose product was chosen. */
  readonly target: Uint8Array;
  /** Products chosen per list, those among them that the list does not hold included. */
  readonly nTargets: Int32Array;
}

const HELD_OUT = { magic: "RECLISTS", format: 1 };
/** Most answers are 0, so the lightest compression halves the bytes in little time. */
const COMPRESSION = { level: 1 };

interface Header {
  readonly basis: string;
  readonly nBytes: number;
  readonly sections: readonly SectionEntry[];
}

/** Lists → bytes; equal lists give equal bytes. Cost: one copy, one compression, one sha256. */
export function encodeHeldOutLists({ basis, ...arrays }: HeldOutLists): Uint8Array {
  const { entries, body } = writeSections(new Map(Object.entries(arrays)));
  const header: Header = { basis, nBytes: body.length, sections: entries };
  return sealEnvelope(HELD_OUT, header, deflateRawSync(body, COMPRESSION));
}

/**
 * Bytes → lists, trusting nothing.
 *
 * @param nProducts products of the model they belong to
 * @throws RecommenderError MODEL_DAMAGED if the bytes are not what was written, MODEL_FORMAT if another version wrote them
 */
export function decodeHeldOutLists(sealed: Uint8Array, nProducts: number): HeldOutLists {
  const { header, body } = openEnvelope<Header>(HELD_OUT, sealed);
  const sections = readSections(header.sections, inflateRawSync(body, { maxOutputLength: Math.max(1, header.nBytes) }));
  const start = wholeNumbers(sections.get("start"), "start");
  const product = wholeNumbers(sections.get("product"), "product");
  const nTargets = wholeNumbers(sections.get("nTargets"), "nTargets");
  const target = sections.get("target");
  const nRows = product.length;
  checkRows("the held-out lists", { rowStart: start, col: product, nRows: nTargets.length, nCols: nProducts });
  if (!(target instanceof Uint8Array) || target.length !== nRows) {
    throw damaged(`the section target requires ${nRows} flags`, {});
  }
  return {
    basis: header.basis,
    start,
    product,
    value: floats(sections.get("value"), nRows * N_SIGNALS, "value"),
    context: floats(sections.get("context"), nRows * N_CONTEXT, "context"),
    target,
    nTargets,
  };
}
