// Changes x [R, C] where rows [R] and columns [C] are not 0: replace, add, scale, atMost, atLeast by value [R or 1, C or 1].
// Bindings    0 x, 1 rows, 2 columns, 3 value, 4 out, 5 params.
// Workgroup   256 threads along the flat array; workgroups wrap into y.
// Numerics    at most one rounding; cells that are not chosen are copied. A NaN in x or value is kept by a bit test,
//             because min and max may drop it.  Reference: `write` of the reference device.
// 0 replace, 1 add, 2 scale, 3 atMost, 4 atLeast.
override KIND: u32 = 0u;

struct Params {
  count: u32,
  width: u32,
  // Elements of value from one row to the next and from one column to the next; 0 broadcasts.
  valueRow: u32,
  valueColumn: u32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> rows: array<f32>;
@group(0) @binding(2) var<storage, read> columns: array<f32>;
@group(0) @binding(3) var<storage, read> value: array<f32>;
@group(0) @binding(4) var<storage, read_write> out: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

// By bits: drivers fold `v != v` to false.
fn isNan(v: f32) -> bool {
  return (bitcast<u32>(v) & 0x7fffffffu) > 0x7f800000u;
}

fn changed(old: f32, given: f32) -> f32 {
  switch (KIND) {
    case 0u: { return given; }
    case 1u: { return old + given; }
    case 2u: { return old * given; }
    default: {
      if (isNan(old) || isNan(given)) {
        return old + given;
      }
      if (KIND == 3u) {
        return min(old, given);
      }
      return max(old, given);
    }
  }
}

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let at = (group.y * groups.x + group.x) * 256u + thread;
  if (at >= params.count) {
    return;
  }
  let row = at / params.width;
  let column = at - row * params.width;
  if (rows[row] != 0.0 && columns[column] != 0.0) {
    out[at] = changed(x[at], value[row * params.valueRow + column * params.valueColumn]);
  } else {
    out[at] = x[at];
  }
}
