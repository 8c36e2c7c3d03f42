import { SIGNAL_NAMES, type SignalName } from "../domain/setting.js";
import { KEY_LENGTH } from "../domain/shopperKey.js";
import { N_CONTEXT } from "../scorer/contextFeatures.js";
import { checkGates } from "../scorer/gates.js";
import type { HistoryIndex } from "../signals/historyIndex.js";
import type { LatentSpace } from "../signals/latentSpace.js";
import type { SparseMatrix } from "../signals/sparseMatrix.js";
import { checkRows, floats, wholeNumbers } from "./checkedSections.js";
import { damaged, openEnvelope, sealEnvelope } from "./envelope.js";
import type { Model } from "./model.js";
import { readSections, type SectionEntry, writeSections } from "./sections.js";

/**
 * A model as bytes: an envelope whose body is sections. The header names every section with its type and length, so a
 * model can be inspected without this code.
 */
export const FORMAT = 3;
const MODEL = { magic: "RECMODEL", format: FORMAT };

interface Header {
  readonly sections: readonly SectionEntry[];
  readonly gates: unknown;
  readonly facts: Model["facts"];
}

/** Model → bytes. The same model gives the same bytes. Cost: one copy of everything and one sha256. */
export function encodeModel(model: Model): Uint8Array {
  const { entries, body } = writeSections(sectionsOf(model));
  const header: Header = { sections: entries, gates: model.gates, facts: model.facts };
  return sealEnvelope(MODEL, header, body);
}

/**
 * Bytes → model, trusting nothing: magic, format, checksum, section bounds, matrix shapes, finite values.
 *
 * @throws RecommenderError MODEL_DAMAGED if the bytes are not what was written, MODEL_FORMAT if another version wrote them
 */
export function decodeModel(artifact: Uint8Array): Model {
  const { header, body } = openEnvelope<Header>(MODEL, artifact);
  const sections = readSections(header.sections, body);
  const ids = decodeTexts(sections, "productIds");
  const nProducts = ids.length;
  return {
    productIds: ids,
    popularity: floats(sections.get("popularity"), nProducts, "popularity"),
    matrices: decodeMatrices(sections, nProducts),
    histories: decodeHistories(sections, nProducts),
    latent: decodeLatent(sections, nProducts),
    trend: sections.has("trend") ? floats(sections.get("trend"), nProducts, "trend") : null,
    categories: decodeTexts(sections, "categories"),
    segments: decodeTexts(sections, "segments"),
    context: floats(sections.get("context"), nProducts * N_CONTEXT, "context"),
    gates: checkGates(header.gates),
    facts: header.facts,
  };
}

function sectionsOf(model: Model): Map<string, Uint8Array | Int32Array | Float32Array> {
  const sections = new Map<string, Uint8Array | Int32Array | Float32Array>();
  sections.set("productIds", Buffer.from(JSON.stringify(model.productIds)));
  sections.set("popularity", model.popularity);
  if (model.trend !== null) sections.set("trend", model.trend);
  for (const name of SIGNAL_NAMES) {
    const matrix = model.matrices.get(name);
    if (matrix === undefined) continue;
    sections.set(`${name}.rowStart`, matrix.rowStart);
    sections.set(`${name}.col`, matrix.col);
    sections.set(`${name}.value`, matrix.value);
  }
  for (const name of SIGNAL_NAMES) {
    const index = model.histories.get(name);
    if (index === undefined) continue;
    for (const field of HISTORY_FIELDS) sections.set(`${name}.${field}`, index[field]);
  }
  if (model.latent !== null) {
    sections.set("latent.source", model.latent.source);
    sections.set("latent.target", model.latent.target);
  }
  sections.set("categories", Buffer.from(JSON.stringify(model.categories)));
  sections.set("segments", Buffer.from(JSON.stringify(model.segments)));
  sections.set("context", model.context);
  return sections;
}

type Sections = ReadonlyMap<string, Uint8Array | Int32Array | Float32Array>;

function decodeTexts(sections: Sections, name: string): string[] {
  const section = sections.get(name);
  if (!(section instanceof Uint8Array)) throw damaged(`the section ${name} is required`, {});
  return JSON.parse(Buffer.from(section).toString("utf8")) as string[];
}

function decodeMatrices(sections: Sections, nProducts: number): Map<SignalName, SparseMatrix> {
  const matrices = new Map<SignalName, SparseMatrix>();
  for (const name of SIGNAL_NAMES) {
    if (!sections.has(`${name}.rowStart`)) continue;
    const rowStart = wholeNumbers(sections.get(`${name}.rowStart`), `${name}.rowStart`);
    const col = wholeNumbers(sections.get(`${name}.col`), `${name}.col`);
    const shape = { nRows: rowsOf(name, sections, nProducts), nCols: nProducts };
    checkRows(name, { rowStart, col, ...shape });
    const value = floats(sections.get(`${name}.value`), col.length, `${name}.value`);
    matrices.set(name, { ...shape, rowStart, col, value });
  }
  return matrices;
}

/** Rows of the two trend matrices are categories and segments; of all others, products. */
function rowsOf(name: SignalName, sections: Sections, nProducts: number): number {
  if (name === "categoryTrend") return decodeTexts(sections, "categories").length;
  return name === "segmentTrend" ? decodeTexts(sections, "segments").length : nProducts;
}

const HISTORY_FIELDS = [
  "start",
  "product",
  "weight",
  "likeness",
  "shopperKey",
  "postingStart",
  "posting",
  "productFactor",
] as const satisfies readonly (keyof HistoryIndex)[];

function decodeHistories(sections: Sections, nProducts: number): Map<SignalName, HistoryIndex> {
  const histories = new Map<SignalName, HistoryIndex>();
  for (const name of SIGNAL_NAMES) {
    if (!sections.has(`${name}.posting`)) continue;
    const of = (field: string) => wholeNumbers(sections.get(`${name}.${field}`), `${name}.${field}`);
    const start = of("start");
    const product = of("product");
    const postingStart = of("postingStart");
    const posting = of("posting");
    const nHistories = start.length - 1;
    checkRows(`${name}.start`, { rowStart: start, col: product, nRows: nHistories, nCols: nProducts });
    checkRows(`${name}.posting`, { rowStart: postingStart, col: posting, nRows: nProducts, nCols: nHistories });
    const weight = floats(sections.get(`${name}.weight`), product.length, `${name}.weight`);
    const likeness = floats(sections.get(`${name}.likeness`), nHistories, `${name}.likeness`);
    const productFactor = floats(sections.get(`${name}.productFactor`), nProducts, `${name}.productFactor`);
    const shopperKey = of("shopperKey");
    if (shopperKey.length !== nHistories * KEY_LENGTH) {
      throw damaged(`${name}.shopperKey requires a key for each history`, { length: shopperKey.length });
    }
    histories.set(name, { start, product, weight, likeness, shopperKey, postingStart, posting, productFactor });
  }
  return histories;
}

function decodeLatent(sections: Sections, nProducts: number): LatentSpace | null {
  const section = sections.get("latent.source");
  if (section === undefined) return null;
  const rank = section.length / nProducts;
  if (!Number.isInteger(rank))
    throw damaged(`latent.source requires a whole number of rows`, { length: section.length });
  const source = floats(section, nProducts * rank, "latent.source");
  return { rank, source, target: floats(sections.get("latent.target"), nProducts * rank, "latent.target") };
}
