import { RecommenderError } from "../domain/errors.js";

type SectionArray = Uint8Array | Int32Array | Float32Array;
type SectionType = "bytes" | "int32" | "float32";

/** Where a section stands in the body; offsets are multiples of 8, so typed arrays can be laid over copies of it. */
export interface SectionEntry {
  readonly name: string;
  readonly type: SectionType;
  /** Number of elements. */
  readonly length: number;
  readonly offset: number;
}

const ELEMENT_BYTES: Record<SectionType, number> = { bytes: 1, int32: 4, float32: 4 };

/** Lay named arrays one after another. Numbers are little-endian, as on every machine this runs on. */
export function writeSections(sections: ReadonlyMap<string, SectionArray>): {
  entries: SectionEntry[];
  body: Uint8Array;
} {
  const entries: SectionEntry[] = [];
  let offset = 0;
  for (const [name, array] of sections) {
    entries.push({ name, type: typeOf(array), length: array.length, offset });
    offset += Math.ceil(array.byteLength / 8) * 8;
  }
  const body = new Uint8Array(offset);
  for (const entry of entries) {
    const array = sections.get(entry.name) as SectionArray;
    body.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), entry.offset);
  }
  return { entries, body };
}

/**
 * Read the arrays back, each in memory of its own, so that the artifact's buffer can be let go.
 *
 * @throws RecommenderError MODEL_DAMAGED if a section reaches beyond the body or has an unknown type
 */
export function readSections(entries: readonly SectionEntry[], body: Uint8Array): Map<string, SectionArray> {
  const sections = new Map<string, SectionArray>();
  for (const { name, type, length, offset } of entries) {
    const nBytes = length * (ELEMENT_BYTES[type] ?? Number.NaN);
    if (!(nBytes >= 0 && offset >= 0 && offset + nBytes <= body.length)) {
      throw new RecommenderError(
        "MODEL_DAMAGED",
        `Cannot load the model: section ${name} reaches beyond the artifact`,
        {
          name,
          type,
          length,
          offset,
        },
      );
    }
    const own = new Uint8Array(nBytes);
    own.set(body.subarray(offset, offset + nBytes));
    sections.set(name, arrayOf(type, own.buffer));
  }
  return sections;
}

function typeOf(array: SectionArray): SectionType {
  if (array instanceof Int32Array) return "int32";
  return array instanceof Float32Array ? "float32" : "bytes";
}

function arrayOf(type: SectionType, buffer: ArrayBuffer): SectionArray {
  if (type === "int32") return new Int32Array(buffer);
  return type === "float32" ? new Float32Array(buffer) : new Uint8Array(buffer);
}
