// Rows of a table by id: table [rows, width], ids i32 [count] -> out [count, width].
// A table split over several buffers takes one dispatch a part: each writes the ids it holds, and the first also
// writes params.missing (NaN) for ids outside the whole table, so that every output cell is written.
// Bindings    0 table (one part), 1 ids, 2 out, 3 params.
// Workgroup   256 threads along the flat output; workgroups wrap into y.
// Numerics    exact copies.  Reference: `gather` of the reference device.
struct Params {
  count: u32,
  width: u32,
  // First row of this part and how many it holds; rows of the whole table.
  start: u32,
  rows: u32,
  total: u32,
  missing: f32,
}

@group(0) @binding(0) var<storage, read> table: array<f32>;
@group(0) @binding(1) var<storage, read> ids: array<i32>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let at = (group.y * groups.x + group.x) * 256u + thread;
  if (at >= params.count * params.width) {
    return;
  }
  let row = at / params.width;
  // A negative id wraps to a number above every table's size.
  let id = u32(ids[row]);
  if (id >= params.start && id - params.start < params.rows) {
    out[at] = table[(id - params.start) * params.width + at - row * params.width];
  } else if (params.start == 0u && id >= params.total) {
    out[at] = params.missing;
  }
}
