"""GPT-2 small on PyTorch, one timed forward pass a command.

Commands, one a line on standard input; each is answered with one JSON line:

    facts                       versions and threads
    run MODE BATCH POSITIONS    MODE: none, hook_post, last_logits, tl_hook_post
    quit
"""

import argparse
import json
import os
import sys
import time


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", help="model directory; without it, seeded random weights")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


ARGUMENTS = parse_arguments()
# The thread pools read these once, when the libraries are loaded.
os.environ["OMP_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = str(ARGUMENTS.threads)
os.environ["HF_HUB_OFFLINE"] = "1"

import torch  # noqa: E402
import transformers  # noqa: E402

torch.set_num_threads(ARGUMENTS.threads)


def load_model():
    if ARGUMENTS.model:
        model = transformers.GPT2LMHeadModel.from_pretrained(ARGUMENTS.model, dtype=torch.float32)
    else:
        torch.manual_seed(ARGUMENTS.seed)
        model = transformers.GPT2LMHeadModel(transformers.GPT2Config())
    return model.eval()


def run_none(model, tokens):
    return model.transformer(tokens, use_cache=False).last_hidden_state


def run_hook_post(model, tokens):
    kept = []
    handles = [
        block.mlp.act.register_forward_hook(lambda _module, _inputs, output: kept.append(output))
        for block in model.transformer.h
    ]
    try:
        model.transformer(tokens, use_cache=False)
    finally:
        for handle in handles:
            handle.remove()
    if len(kept) != model.config.n_layer:
        raise RuntimeError(f"kept {len(kept)} activations of {model.config.n_layer} layers")
    return kept


def run_last_logits(model, tokens):
    return model(tokens, use_cache=False, logits_to_keep=1).logits


def make_lens(config, state):
    """TransformerLens rewires the model it wraps, so it is given one of its own."""
    import tokenizers
    from transformer_lens.model_bridge import TransformerBridge

    own = transformers.GPT2LMHeadModel(config)
    own.load_state_dict(state)
    # It insists on a tokenizer, though it is only ever given ids here; a real one would be fetched.
    words = tokenizers.models.WordLevel({"<|endoftext|>": 0}, "<|endoftext|>")
    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizers.Tokenizer(words),
        eos_token="<|endoftext|>",
        pad_token="<|endoftext|>",
    )
    return TransformerBridge.boot_transformers(
        "gpt2", hf_model=own.eval(), tokenizer=tokenizer, device="cpu"
    )


def run_lens(lens, tokens):
    wanted = [f"blocks.{layer}.mlp.hook_post" for layer in range(lens.cfg.n_layers)]
    _, cache = lens.run_with_cache(
        tokens, return_type=None, names_filter=wanted, stop_at_layer=lens.cfg.n_layers
    )
    missing = [name for name in wanted if name not in cache]
    if missing:
        raise RuntimeError(f"the cache lacks {missing[:2]}")
    return cache


def facts():
    versions = {"torch": torch.__version__, "transformers": transformers.__version__}
    try:
        from importlib.metadata import version

        versions["transformer_lens"] = version("transformer-lens")
    except ImportError:
        versions["transformer_lens"] = None
    return {**versions, "threads": torch.get_num_threads(), "python": sys.version.split()[0]}


def main():
    model = load_model()
    state = model.state_dict()
    lens = None
    generator = torch.Generator().manual_seed(ARGUMENTS.seed)
    for line in sys.stdin:
        words = line.split()
        if not words or words[0] == "quit":
            break
        if words[0] == "facts":
            print(json.dumps(facts()), flush=True)
            continue
        try:
            mode, batch, positions = words[1], int(words[2]), int(words[3])
            tokens = torch.randint(
                model.config.vocab_size, (batch, positions), generator=generator
            )
            if mode == "tl_hook_post" and lens is None:
                lens = make_lens(model.config, state)
            runs = {
                "none": lambda: run_none(model, tokens),
                "hook_post": lambda: run_hook_post(model, tokens),
                "last_logits": lambda: run_last_logits(model, tokens),
                "tl_hook_post": lambda: run_lens(lens, tokens),
            }
            with torch.inference_mode():
                start = time.perf_counter()
                runs[mode]()
                seconds = time.perf_counter() - start
            answer = {
                "mode": mode,
                "batch": batch,
                "positions": positions,
                "seconds": seconds,
                "tokens_per_second": batch * positions / seconds,
            }
        except Exception as error:  # the harness must get its one line, whatever happened
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
