import { type FileHandle, open } from "node:fs/promises";
import { createGunzip, type Gunzip } from "node:zlib";
import { RecommenderError } from "../domain/errors.js";
import type { TableFile } from "./findTable.js";

const READ_BYTES = 64 * 1024;

export interface FilePiece {
  readonly bytes: Buffer;
  /** How much of the file was read from the disk to get here; for progress. */
  readonly fileOffsetBytes: number;
  readonly totalBytes: number;
}

/**
 * The content of a file, unpacked, in pieces. Everything before a damage comes out before the error does.
 *
 * @throws RecommenderError INVALID_IMPORT when the file cannot be read, or is a gzip file that is damaged or ends early
 */
export async function* readBytes(table: TableFile): AsyncGenerator<FilePiece> {
  const file = await open(table.path).catch((cause) => refuse(table, "a readable file", cause));
  try {
    const { size } = await file.stat();
    const packed = readDisk(file, size);
    yield* table.isGzip ? unpack(packed, size) : packed;
  } catch (cause) {
    refuse(table, table.isGzip ? "a complete gzip file" : "a readable file", cause);
  } finally {
    await file.close();
  }
}

function refuse(table: TableFile, requirement: string, cause: unknown): never {
  const message = `Cannot read ${table.file}: ${requirement} is required, found ${(cause as Error).message}`;
  throw new RecommenderError("INVALID_IMPORT", message, { path: table.path }, cause);
}

async function* readDisk(file: FileHandle, totalBytes: number): AsyncGenerator<FilePiece> {
  let fileOffsetBytes = 0;
  while (true) {
    // A fresh buffer each time: the reader behind us keeps what it has not understood yet.
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(READ_BYTES), 0, READ_BYTES, fileOffsetBytes);
    if (bytesRead === 0) return;
    fileOffsetBytes += bytesRead;
    yield { bytes: buffer.subarray(0, bytesRead), fileOffsetBytes, totalBytes };
  }
}

/**
 * Piece in, all it unpacks to out, next piece. A stream destroyed by an error drops what it had buffered, and with pipes
 * that would be the last rows before the damage; here nothing is buffered when the error comes.
 */
async function* unpack(packed: AsyncGenerator<FilePiece>, totalBytes: number): AsyncGenerator<FilePiece> {
  const gunzip = createGunzip({ chunkSize: READ_BYTES });
  const unpacked: Buffer[] = [];
  gunzip.on("readable", () => takeAll(gunzip, unpacked));
  // Each call below waits for its own error; the same error must not end the process as an event nobody heard.
  gunzip.on("error", () => {});
  let fileOffsetBytes = 0;
  try {
    for await (const piece of packed) {
      fileOffsetBytes = piece.fileOffsetBytes;
      await settled(gunzip, (done) => gunzip.write(piece.bytes, done));
      takeAll(gunzip, unpacked);
      for (const bytes of unpacked.splice(0)) yield { bytes, fileOffsetBytes, totalBytes };
    }
    // Not `end(done)`: that one comes before the last flush, and the flush is what finds a missing end.
    await settled(gunzip, (done) => gunzip.once("end", done).end());
    takeAll(gunzip, unpacked);
    for (const bytes of unpacked.splice(0)) yield { bytes, fileOffsetBytes, totalBytes };
  } finally {
    gunzip.destroy();
  }
}

function takeAll(gunzip: Gunzip, into: Buffer[]): void {
  for (let bytes = gunzip.read(); bytes !== null; bytes = gunzip.read()) into.push(bytes);
}

/** Wait for one call on a stream. A write in flight when the stream fails never calls back; only the event says so. */
function settled(stream: Gunzip, call: (done: (error?: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.once("error", reject);
    call((error) => {
      stream.off("error", reject);
      if (error) reject(error);
      else resolve();
    });
  });
}
