/** The last buckets of one metric by absolute bucket number; NaN where nothing is known. */
export interface History {
  /** Buckets kept, the newest included. */
  readonly size: number;
  /** Value of one of the last `size` buckets. */
  at(bucket: number): number;
  /** Stores the bucket after the newest one. */
  push(bucket: number, value: number): void;
  reset(): void;
}

export function createHistory(size: number): History {
  const ring = new Float64Array(size).fill(NaN);
  return {
    size,
    at: (bucket) => ring[positionIn(size, bucket)],
    push: (bucket, value) => {
      ring[positionIn(size, bucket)] = value;
    },
    reset: () => {
      ring.fill(NaN);
    },
  };
}

/** Position of a bucket in its block of `size`, also before 1970. */
export function positionIn(size: number, bucket: number): number {
  return bucket - Math.floor(bucket / size) * size;
}
