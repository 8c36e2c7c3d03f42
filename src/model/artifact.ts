import { hash } from "node:crypto";
import { RecommenderError } from "../domain/errors.js";
import { SIGNAL_NAMES, type SignalName } from "../domain/setting.js";
import { checkGates } from "../scorer/gates.js";
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
export const FORMAT = 1;
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
  const ids = decodeIds(sections.get("productIds"));
  const nProducts = ids.length;
  return {
    productIds: ids,
    popularity: floats(sections.get("popularity"), nProducts, "popularity"),
    matrices: decodeMatrices(sections, nProducts),
    trend: sections.has("trend") ? floats(sections.get("trend"), nProducts, "trend") : null,
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
  return sections;
}

type Sections = ReadonlyMap<string, Uint8Array | Int32Array | Float32Array>;

function decodeIds(section: Uint8Array | Int32Array | Float32Array | undefined): string[] {
  if (!(section instanceof Uint8Array)) throw damaged("the section productIds is required", {});
  return JSON.parse(Buffer.from(section).toString("utf8")) as string[];
}

function decodeMatrices(sections: Sections, nProducts: number): Map<SignalName, SparseMatrix> {
  const matrices = new Map<SignalName, SparseMatrix>();
  for (const name of SIGNAL_NAMES) {
    const rowStart = sections.get(`${name}.rowStart`);
    const col = sections.get(`${name}.col`);
    if (rowStart === undefined && col === undefined) continue;
    if (!(rowStart instanceof Int32Array) || !(col instanceof Int32Array)) {
      throw damaged(`whole-number sections of ${name} are required`, {});
    }
    checkRows(name, rowStart, col, nProducts);
    const value = floats(sections.get(`${name}.value`), col.length, `${name}.value`);
    matrices.set(name, { nRows: nProducts, nCols: nProducts, rowStart, col, value });
  }
  return matrices;
}

function checkRows(name: string, rowStart: Int32Array, col: Int32Array, nProducts: number): void {
  if (rowStart.length !== nProducts + 1 || rowStart[0] !== 0 || rowStart[nProducts] !== col.length) {
    throw damaged(`${name} requires ${nProducts} rows`, { rows: rowStart.length - 1 });
  }
  for (let r = 0; r < nProducts; r++) {
    if (rowStart[r] > rowStart[r + 1]) throw damaged(`the rows of ${name} run backwards`, { row: r });
  }
  for (const product of col) {
    if (product < 0 || product >= nProducts) throw damaged(`${name} names a product that does not exist`, { product });
  }
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
