// Workgroup reductions over one value a thread; appended to row kernels, which declare THREADS (a power of two).
// Numerics    a binary tree in fixed order: the same bits every run. rowMax may drop a NaN, so a kernel must not
//             use it for a result, only as a shift under an exp whose sum keeps the NaN.

var<workgroup> partial: array<f32, THREADS>;

fn rowSum(thread: u32, value: f32) -> f32 {
  partial[thread] = value;
  workgroupBarrier();
  for (var half = THREADS / 2u; half > 0u; half = half / 2u) {
    if (thread < half) {
      partial[thread] = partial[thread] + partial[thread + half];
    }
    workgroupBarrier();
  }
  let total = partial[0];
  workgroupBarrier();
  return total;
}

fn rowMax(thread: u32, value: f32) -> f32 {
  partial[thread] = value;
  workgroupBarrier();
  for (var half = THREADS / 2u; half > 0u; half = half / 2u) {
    if (thread < half) {
      partial[thread] = max(partial[thread], partial[thread + half]);
    }
    workgroupBarrier();
  }
  let largest = partial[0];
  workgroupBarrier();
  return largest;
}
