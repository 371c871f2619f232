"""Models to trace: three situations in which a trace goes wrong, and eight of transformers' architectures.

Every weight is random and seeded; nothing is downloaded. `BUILDERS[name]()` gives a fresh model, its arguments and its
keyword arguments.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn


class Built(NamedTuple):
    """A model and an example of what it is called with."""

    model: nn.Module
    args: tuple[Any, ...]
    kwargs: dict[str, Any]


class NormLoop(nn.Module):
    """Applies a layer as often as the norm of its input says."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        for _ in range(int(torch.norm(x))):
            x = self.linear(x)
        return x


class ColumnLoop(nn.Module):
    """Applies a layer to every column of its input."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(1, 2)

    def forward(self, x: Tensor) -> Tensor:
        columns: list[Tensor] = []
        for i in range(x.shape[1]):
            columns.append(self.linear(x[:, i : i + 1]))
        return torch.cat(columns, dim=1)


class Alternator(nn.Module):
    """Does one thing on its odd calls and another on its even ones."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(4, 4)
        self.calls = 0

    def forward(self, x: Tensor) -> Tensor:
        self.calls += 1
        if self.calls % 2 == 1:
            return x + 1
        return self.linear(x)


class TensorsOnly(nn.Module):
    """A transformers model of which the named outputs are kept: a trace cannot return a `ModelOutput`.

    Args:
        model: what is called.
        keep: the attributes of its output to return.
        options: keyword arguments of every call.
    """

    def __init__(self, model: nn.Module, *keep: str, **options: Any) -> None:
        super().__init__()
        self.model, self.keep, self.options = model, keep, options

    def call(self, *args: Tensor, **kwargs: Tensor) -> tuple[Tensor, ...]:
        """The outputs to keep of one call."""
        output = self.model(*args, **kwargs, **self.options)
        return tuple(getattr(output, name) for name in self.keep)


class ImageClassifier(TensorsOnly):
    """Pixels in, logits out."""

    def forward(self, pixel_values: Tensor) -> tuple[Tensor, ...]:
        return self.call(pixel_values)


class Encoder(TensorsOnly):
    """Tokens and the mask of their padding in, features out."""

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> tuple[Tensor, ...]:
        return self.call(input_ids, attention_mask=attention_mask)


class LanguageModel(TensorsOnly):
    """Tokens in, logits out."""

    def forward(self, input_ids: Tensor) -> tuple[Tensor, ...]:
        return self.call(input_ids)


class EncoderDecoder(TensorsOnly):
    """What was read and what has been written in, logits out."""

    def forward(self, source: Tensor, decoder_input_ids: Tensor) -> tuple[Tensor, ...]:
        return self.call(source, decoder_input_ids=decoder_input_ids)


def norm_loop() -> Built:
    """Loops `int(torch.norm(x))` times: the trace keeps the example's count."""
    return Built(_seeded(NormLoop), (torch.full((1, 4), 1.6),), {})


def column_loop() -> Built:
    """Loops over `range(x.shape[1])`: the trace keeps the example's width."""
    return Built(_seeded(ColumnLoop), (torch.arange(6.0).reshape(2, 3),), {})


def alternator() -> Built:
    """Counts its calls: the trace keeps what the first call did."""
    return Built(_seeded(Alternator), (torch.ones(2, 4),), {})


def resnet50() -> Built:
    """ResNet-50 at its full size."""
    from transformers import ResNetConfig, ResNetForImageClassification

    model = _seeded(lambda: ImageClassifier(ResNetForImageClassification(ResNetConfig()), "logits"))
    return Built(model, (_image(224),), {})


def swin() -> Built:
    """Swin-tiny at its full size: shifted windows, masks made from the size of the image."""
    from transformers import SwinConfig, SwinForImageClassification

    model = _seeded(lambda: ImageClassifier(SwinForImageClassification(SwinConfig()), "logits"))
    return Built(model, (_image(224),), {})


def levit() -> Built:
    """LeViT with one block a stage: attention biases that eval mode caches in an attribute."""
    from transformers import LevitConfig, LevitForImageClassification

    config = LevitConfig(
        hidden_sizes=[64, 96, 128], num_attention_heads=[2, 3, 4], depths=[1, 1, 1], key_dim=[16, 16, 16]
    )
    config.down_ops = [["Subsample", 16, 4, 4, 2, 2], ["Subsample", 16, 6, 4, 2, 2], [""]]
    return Built(_seeded(lambda: ImageClassifier(LevitForImageClassification(config), "logits")), (_image(224),), {})


def bert(layers: int = 2) -> Built:
    """BERT at its full width, with as many layers as asked for."""
    from transformers import BertConfig, BertModel

    model = _seeded(
        lambda: Encoder(BertModel(BertConfig(num_hidden_layers=layers)), "last_hidden_state", "pooler_output")
    )
    ids = _tokens(30522, 1, 32)
    return Built(model, (ids, torch.ones_like(ids)), {})


def gpt2() -> Built:
    """GPT-2 without its cache."""
    from transformers import GPT2Config, GPT2LMHeadModel

    config = GPT2Config(n_layer=2, n_embd=64, n_head=4, vocab_size=500, n_positions=64, bos_token_id=1, eos_token_id=2)
    return Built(
        _seeded(lambda: LanguageModel(GPT2LMHeadModel(config), "logits", use_cache=False)), (_tokens(500, 2, 10),), {}
    )


def t5() -> Built:
    """T5, encoder and decoder: position buckets computed from the lengths."""
    from transformers import T5Config, T5ForConditionalGeneration

    config = T5Config(d_model=64, d_kv=16, d_ff=128, num_layers=2, num_heads=4, vocab_size=500)
    model = _seeded(lambda: EncoderDecoder(T5ForConditionalGeneration(config), "logits", use_cache=False))
    return Built(model, (), {"source": _tokens(500, 2, 10), "decoder_input_ids": _tokens(500, 2, 6)})


def mixtral() -> Built:
    """Mixtral, a mixture of experts: which expert runs depends on the tokens."""
    from transformers import MixtralConfig, MixtralForCausalLM

    config = MixtralConfig(
        vocab_size=500,
        hidden_size=64,
        intermediate_size=96,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        num_local_experts=4,
        max_position_embeddings=64,
        # The loop over the experts that were hit; the grouped kernel has none.
        experts_implementation="eager",  # pyright: ignore[reportCallIssue]
    )
    return Built(
        _seeded(lambda: LanguageModel(MixtralForCausalLM(config), "logits", use_cache=False)),
        (_tokens(500, 2, 10),),
        {},
    )


def whisper() -> Built:
    """Whisper, from a spectrogram to logits."""
    from transformers import WhisperConfig, WhisperForConditionalGeneration

    config = WhisperConfig(
        vocab_size=500,
        num_mel_bins=16,
        encoder_layers=2,
        decoder_layers=2,
        encoder_attention_heads=4,
        decoder_attention_heads=4,
        encoder_ffn_dim=128,
        decoder_ffn_dim=128,
        d_model=64,
        max_source_positions=50,
        max_target_positions=32,
        pad_token_id=0,
        bos_token_id=1,
        eos_token_id=2,
        decoder_start_token_id=1,
        suppress_tokens=None,
        begin_suppress_tokens=None,
    )
    model = _seeded(lambda: EncoderDecoder(WhisperForConditionalGeneration(config), "logits", use_cache=False))
    sound = torch.randn(1, 16, 100, generator=_generator())
    return Built(model, (), {"source": sound, "decoder_input_ids": _tokens(500, 1, 6)})


BUILDERS: dict[str, Callable[[], Built]] = {
    builder.__name__: builder
    for builder in (norm_loop, column_loop, alternator, resnet50, swin, levit, bert, gpt2, t5, mixtral, whisper)
}
"""Every model here, by name."""


def _seeded(make: Callable[[], nn.Module]) -> nn.Module:
    with torch.random.fork_rng(devices=()):
        torch.manual_seed(0)
        return make().eval()


def _generator() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def _image(size: int) -> Tensor:
    return torch.randn(1, 3, size, size, generator=_generator())


def _tokens(vocabulary: int, batch: int, length: int) -> Tensor:
    return torch.randint(3, vocabulary, (batch, length), generator=_generator())
