/**
 * The same value with every typed array in memory that threads share, so that posting it copies none of them. Plain
 * objects, arrays and maps are walked; everything else stays as it is.
 */
export function sharedCopy<T>(value: T): T {
  return copy(value) as T;
}

type TypedArray = Uint8Array | Int32Array | Uint32Array | Float32Array | Float64Array;

function copy(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return inSharedMemory(value as TypedArray);
  if (value instanceof Map) return new Map([...value].map(([key, entry]) => [key, copy(entry)]));
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, copy(entry)]));
}

function inSharedMemory(array: TypedArray): TypedArray {
  if (array.buffer instanceof SharedArrayBuffer) return array;
  const Kind = array.constructor as new (buffer: SharedArrayBuffer) => TypedArray;
  const shared = new Kind(new SharedArrayBuffer(array.byteLength));
  shared.set(array);
  return shared;
}
