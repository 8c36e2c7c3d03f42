import { hash } from "node:crypto";
import { RecommenderError } from "../domain/errors.js";

/**
 * Bytes that say what they are and whether they are whole:
 *
 *   magic (8 characters) · uint32 format · uint32 header length · header (JSON) · body · sha256 of all before
 */
export interface EnvelopeKind {
  readonly magic: string;
  readonly format: number;
}

const PREFIX_BYTES = 16;
const CHECKSUM_BYTES = 32;

/** Header and body → bytes. Equal contents give equal bytes; the body begins at a multiple of 8. */
export function sealEnvelope({ magic, format }: EnvelopeKind, header: unknown, body: Uint8Array): Uint8Array {
  const headerBytes = padded(Buffer.from(JSON.stringify(header)));
  const bytes = Buffer.alloc(PREFIX_BYTES + headerBytes.length + body.length + CHECKSUM_BYTES);
  bytes.write(magic, 0, "latin1");
  bytes.writeUInt32LE(format, 8);
  bytes.writeUInt32LE(headerBytes.length, 12);
  bytes.set(headerBytes, PREFIX_BYTES);
  bytes.set(body, PREFIX_BYTES + headerBytes.length);
  const end = bytes.length - CHECKSUM_BYTES;
  bytes.set(checksum(bytes.subarray(0, end)), end);
  return bytes;
}

/**
 * Bytes → header and body; the body is a view.
 *
 * @throws RecommenderError MODEL_DAMAGED if the bytes are not what was written, MODEL_FORMAT if another version wrote them
 */
export function openEnvelope<Header>(
  { magic, format }: EnvelopeKind,
  sealed: Uint8Array,
): { header: Header; body: Uint8Array } {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  if (bytes.length < PREFIX_BYTES + CHECKSUM_BYTES || bytes.toString("latin1", 0, 8) !== magic) {
    throw damaged(`an artifact that starts with ${magic} is required`, { nBytes: bytes.length });
  }
  const found = bytes.readUInt32LE(8);
  if (found !== format) {
    const message = `Cannot load the model: format ${format} is required, the artifact has format ${found}; train again`;
    throw new RecommenderError("MODEL_FORMAT", message, { required: format, found });
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

export function damaged(what: string, facts: Record<string, unknown>): RecommenderError {
  return new RecommenderError("MODEL_DAMAGED", `Cannot load the model: ${what}`, facts);
}

function checksum(bytes: Uint8Array): Buffer {
  return hash("sha256", bytes, "buffer");
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((8 - (bytes.length % 8)) % 8, " ")]);
}
