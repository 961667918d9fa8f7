// Canary: tanh of large arguments, source [cells] -> out [cells].
// Bindings    0 source, 1 out.
// Workgroup   64 threads along out.
// Numerics    some drivers build tanh from exponentials that overflow to NaN.
// Reference   Math.tanh on the host.
@group(0) @binding(0) var<storage, read> source: array<f32>;
@group(0) @binding(1) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  out[id.x] = tanh(source[id.x]);
}
