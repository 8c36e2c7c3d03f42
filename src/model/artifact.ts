import { hash } from "node:crypto";
import { RecommenderError } from "../domain/errors.js";
import { SIGNAL_NAMES, type SignalName } from "../domain/setting.js";
import { N_CONTEXT } from "../scorer/contextFeatures.js";
import { checkGates } from "../scorer/gates.js";
import type { HistoryIndex } from "../signals/historyIndex.js";
import type { LatentSpace } from "../signals/latentSpace.js";
import type { SparseMatrix } from "../signals/sparseMatrix.js";
import type { Model } from "./model.js";
import { readSections, type SectionEntry, writeSections } from "./sections.js";

/**
 * A model as bytes:
 *
 *   magic "RECMODEL" · uint32 format · uint32 header length · header (JSON) · sections, 8-aligned · sha256 of all before
 *
 * The header names every section with its type and length, so a model can be inspected without this code.
 */
const MAGIC = "RECMODEL";
export const FORMAT = 2;
const PREFIX_BYTES = 16;
const CHECKSUM_BYTES = 32;

interface Header {
  readonly sections: readonly SectionEntry[];
  readonly gates: unknown;
  readonly facts: Model["facts"];
}

/** Model → bytes. The same model gives the same bytes. Cost: one copy of everything and one sha256. */
export function encodeModel(model: Model): Uint8Array {
  const { entries, body } = writeSections(sectionsOf(model));
  const header: Header = { sections: entries, gates: model.gates, facts: model.facts };
  const headerBytes = padded(Buffer.from(JSON.stringify(header)));
  const bytes = Buffer.alloc(PREFIX_BYTES + headerBytes.length + body.length + CHECKSUM_BYTES);
  bytes.write(MAGIC, 0, "latin1");
  bytes.writeUInt32LE(FORMAT, 8);
  bytes.writeUInt32LE(headerBytes.length, 12);
  bytes.set(headerBytes, PREFIX_BYTES);
  bytes.set(body, PREFIX_BYTES + headerBytes.length);
  const end = bytes.length - CHECKSUM_BYTES;
  bytes.set(checksum(bytes.subarray(0, end)), end);
  return bytes;
}

/**
 * Bytes → model, trusting nothing: magic, format, checksum, section bounds, matrix shapes, finite values.
 *
 * @throws RecommenderError MODEL_DAMAGED if the bytes are not what was written, MODEL_FORMAT if another version wrote them
 */
export function decodeModel(artifact: Uint8Array): Model {
  const bytes = Buffer.from(artifact.buffer, artifact.byteOffset, artifact.byteLength);
  const { header, body } = openEnvelope(bytes);
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

function openEnvelope(bytes: Buffer): { header: Header; body: Uint8Array } {
  if (bytes.length < PREFIX_BYTES + CHECKSUM_BYTES || bytes.toString("latin1", 0, 8) !== MAGIC) {
    throw damaged(`an artifact that starts with ${MAGIC} is required`, { nBytes: bytes.length });
  }
  const format = bytes.readUInt32LE(8);
  if (format !== FORMAT) {
    const message = `Cannot load the model: format ${FORMAT} is required, the artifact has format ${format}`;
    throw new RecommenderError("MODEL_FORMAT", message, { required: FORMAT, found: format });
  }
  const end = bytes.length - CHECKSUM_BYTES;
  if (!checksum(bytes.subarray(0, end)).equals(bytes.subarray(end))) {
    throw damaged("its checksum does not fit its bytes", { nBytes: bytes.length });
  }
  const headerEnd = PREFIX_BYTES + bytes.readUInt32LE(12);
  if (headerEnd > end) throw damaged("its header is longer than the artifact", { headerEnd });
  const header = JSON.parse(bytes.toString("utf8", PREFIX_BYTES, headerEnd)) as Header;
  return { header, body: bytes.subarray(headerEnd, end) };
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
    histories.set(name, { start, product, weight, likeness, postingStart, posting, productFactor });
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

interface Rows {
  readonly rowStart: Int32Array;
  readonly col: Int32Array;
  readonly nRows: number;
  readonly nCols: number;
}

function checkRows(name: string, { rowStart, col, nRows, nCols }: Rows): void {
  if (rowStart.length !== nRows + 1 || rowStart[0] !== 0 || rowStart[nRows] !== col.length) {
    throw damaged(`${name} requires ${nRows} rows`, { rows: rowStart.length - 1 });
  }
  for (let r = 0; r < nRows; r++) {
    if (rowStart[r] > rowStart[r + 1]) throw damaged(`the rows of ${name} run backwards`, { row: r });
  }
  for (const c of col) {
    if (c < 0 || c >= nCols) throw damaged(`${name} names column ${c} of ${nCols}`, { column: c });
  }
}

function wholeNumbers(section: unknown, name: string): Int32Array {
  if (!(section instanceof Int32Array)) throw damaged(`whole numbers are required in the section ${name}`, {});
  return section;
}

function floats(section: unknown, length: number, name: string): Float32Array {
  if (!(section instanceof Float32Array) || section.length !== length) {
    throw damaged(`the section ${name} requires ${length} numbers`, {});
  }
  if (!section.every(Number.isFinite)) throw damaged(`the section ${name} holds a number that is not finite`, {});
  return section;
}

function checksum(bytes: Uint8Array): Buffer {
  return hash("sha256", bytes, "buffer");
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((8 - (bytes.length % 8)) % 8, " ")]);
}

function damaged(what: string, facts: Record<string, unknown>): RecommenderError {
  return new RecommenderError("MODEL_DAMAGED", `Cannot load the model: ${what}`, facts);
}
