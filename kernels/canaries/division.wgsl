// Canary: quotients of pairs, source [cells, 2] -> out [cells].
// Bindings    0 source, 1 out.
// Workgroup   64 threads along out.
// Numerics    WGSL allows 2.5 ulp.
// Reference   Math.fround of the quotient on the host.
@group(0) @binding(0) var<storage, read> source: array<vec2<f32>>;
@group(0) @binding(1) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  out[id.x] = source[id.x].x / source[id.x].y;
}
