"""Many of transformers' architectures, small and with seeded random weights: what real models do to a tracer.

Nothing is downloaded. `ZOO[name].build()` gives a fresh model in eval mode and its arguments. Each is as small as its
architecture allows, and has the parts by which it differs from the others.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

import torch
from models import Built, Encoder, EncoderDecoder, ImageClassifier, LanguageModel, TensorsOnly
from torch import Tensor, nn

from tracelab import inputs

IDS, TARGETS = "i64[2,12]@3..99", "i64[2,6]@3..99"
"""Tokens, and what a decoder has written so far."""
BOXES = "i64[2,12,4]@arange"
"""The box of each token: left and top come before right and bottom."""
WAVE, VIDEO = "f32[1,2000]", "f32[1,4,3,32,32]"


class Listener(TensorsOnly):
    """Sound, or another series, in; features out."""

    def forward(self, sound: Tensor) -> tuple[Tensor, ...]:
        return self.call(sound)


class Reader(TensorsOnly):
    """Tokens and an image in, what relates them out."""

    def forward(self, input_ids: Tensor, pixel_values: Tensor) -> tuple[Tensor, ...]:
        return self.call(input_ids=input_ids, pixel_values=pixel_values)


class Layout(TensorsOnly):
    """Tokens and the box of each on its page in, features out."""

    def forward(self, input_ids: Tensor, bbox: Tensor) -> tuple[Tensor, ...]:
        return self.call(input_ids=input_ids, bbox=bbox)


@dataclass(frozen=True)
class Entry:
    """One architecture.

    Attributes:
        area: `vision`, `detection`, `text`, `audio`, `multimodal` or `series`.
        model: the name of its class in transformers.
        wrapper: what calls it.
        keep: the attributes of its output to return.
        inputs: the arguments, as `tracelab.inputs.parse` reads them.
        config: the options of its config.
        options: keyword arguments of every call.
        redrawn: whether the weights are drawn again, as those of transformers let next to nothing of the input through.
    """

    area: str
    model: str
    wrapper: type[TensorsOnly]
    keep: tuple[str, ...]
    inputs: tuple[str, ...]
    config: dict[str, Any]
    options: dict[str, Any]
    redrawn: bool = False
    redrawn: bool = False
    redrawn: bool = False

    def build(self) -> Built:
        """A fresh model, the same every time, and fresh arguments."""
        import transformers

        kind = getattr(transformers, self.model)
        with torch.random.fork_rng(devices=()):
            torch.manual_seed(0)
            # A config takes apart the dicts that it is given.
            model = kind(kind.config_class(**copy.deepcopy(self.config)))
            if self.redrawn:
                _redraw(model)
            if self.redrawn:
                _redraw(model)
            if self.redrawn:
                _redraw(model)
        args = tuple(inputs.build(inputs.parse(text), seed) for seed, text in enumerate(self.inputs))
        return Built(self.wrapper(model, *self.keep, **self.options).eval(), args, {})


def image(
    model: str, keep: str = "logits", given: str = "f32[1,3,64,64]", redrawn: bool = False, **config: Any
) -> Entry:
    """An image in, or a film."""
    return Entry("vision", model, ImageClassifier, tuple(keep.split()), (given,), config, {}, redrawn)


def detector(model: str, keep: str = "logits pred_boxes", given: str = "f32[1,3,64,64]", **config: Any) -> Entry:
    """An image in; boxes, masks, depths or points out."""
    return Entry("detection", model, ImageClassifier, tuple(keep.split()), (given,), config, {}, redrawn=True)


def encoder(model: str, keep: str = "last_hidden_state", length: int = 12, area: str = "text", **config: Any) -> Entry:
    """Tokens and a mask in."""
    given = (f"i64[2,{length}]@3..99", f"i64[2,{length}]@ones")
    return Entry(area, model, Encoder, (keep,), given, config, {})


def language(model: str, keep: str = "logits", area: str = "text", cached: bool = True, **config: Any) -> Entry:
    """Tokens in, the next ones out; the cache is left out of a model that has one."""
    return Entry(area, model, LanguageModel, (keep,), (IDS,), config, {"use_cache": False} if cached else {})


def translator(model: str, given: str = IDS, area: str = "text", **config: Any) -> Entry:
    """What is read and what has been written in, the next tokens out, without a cache."""
    return Entry(area, model, EncoderDecoder, ("logits",), (given, TARGETS), config, {"use_cache": False})


def listener(
    model: str, given: str = WAVE, keep: str = "last_hidden_state", area: str = "audio", **config: Any
) -> Entry:
    """Sound in, or another series of numbers."""
    return Entry(area, model, Listener, (keep,), (given,), config, {})


def reader(model: str, keep: str = "logits_per_image", **config: Any) -> Entry:
    """Tokens and an image in."""
    return Entry("multimodal", model, Reader, tuple(keep.split()), (IDS, "f32[2,3,32,32]"), config, {})


def layout(model: str, **config: Any) -> Entry:
    """Tokens and their boxes in."""
    return Entry("multimodal", model, Layout, ("last_hidden_state",), (IDS, BOXES), config, {})


def _redraw(model: nn.Module) -> None:
    """Weights by which what goes in comes out about as large; biases and scales stay."""
    for weight in model.parameters():
        if weight.dim() > 1:
            nn.init.normal_(weight, std=1.5 * weight[0].numel() ** -0.5)


Options = dict[str, Any]

SMALL: Options = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64}
PATCHES = dict(SMALL, image_size=64, patch_size=16)
FRAMES = dict(SMALL, image_size=32, num_frames=4)
STAGES: Options = {"depths": [1, 1, 1, 1], "hidden_sizes": [16, 16, 32, 32]}
PYRAMID = dict(STAGES, num_attention_heads=[1, 1, 2, 2])
WINDOWS: Options = {"image_size": 64, "embed_dim": 16, "depths": [2, 2], "num_heads": [2, 4], "window_size": 8}
STEPS = ["stage1", "stage2", "stage3", "stage4"]
POINTS: Options = {"encoder_hidden_sizes": [8, 8, 16, 16], "decoder_hidden_size": 16, "descriptor_decoder_dim": 16}
RESNET = dict(STAGES, model_type="resnet", embedding_size=16)
WORDS = dict(SMALL, vocab_size=100, max_position_embeddings=64)
MARKS: Options = {"pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2}
DECODER = dict(WORDS, **MARKS, num_key_value_heads=2)
HEADS = dict(DECODER, head_dim=8)
EXPERTS: Options = {
    "num_experts_per_tok": 2,
    "moe_intermediate_size": 32,
    # The loop over the experts that were hit; the grouped kernel has none.
    "experts_implementation": "eager",
}
GPT: Options = {
    "vocab_size": 100,
    "n_positions": 64,
    "n_embd": 32,
    "n_layer": 2,
    "n_head": 4,
    "bos_token_id": 1,
    "eos_token_id": 2,
}
SCAN: Options = {"vocab_size": 100, "hidden_size": 32, "num_hidden_layers": 2}
T5: Options = {"d_model": 32, "d_kv": 8, "d_ff": 64, "num_layers": 2, "num_heads": 4, "vocab_size": 100}
HALVES: Options = {
    "encoder_layers": 2,
    "decoder_layers": 2,
    "encoder_attention_heads": 4,
    "decoder_attention_heads": 4,
    "encoder_ffn_dim": 64,
    "decoder_ffn_dim": 64,
}
DETR = dict(HALVES, d_model=32, num_queries=5)
BOTH = dict(HALVES, **MARKS, d_model=32, vocab_size=100, max_position_embeddings=64, decoder_start_token_id=2)
SOUND = dict(
    SMALL,
    conv_dim=[16, 16, 16],
    conv_kernel=[10, 3, 3],
    conv_stride=[5, 4, 4],
    num_conv_pos_embeddings=16,
    num_conv_pos_embedding_groups=4,
    num_feat_extract_layers=3,
)
EYE = dict(SMALL, image_size=32, patch_size=8)
FORECAST: Options = {"num_input_channels": 3, "context_length": 32, "prediction_length": 8, "patch_length": 8}
TWO: Options = {"text_config": dict(WORDS, **MARKS), "vision_config": EYE, "projection_dim": 32}

# One entry after another: a line for each option would hide the table.
# fmt: off
VISION = {
    "vit": image("ViTForImageClassification", **PATCHES),
    "deit": image("DeiTForImageClassificationWithTeacher", keep="logits distillation_logits", **PATCHES),
    "beit": image("BeitForImageClassification", **PATCHES, use_relative_position_bias=True),
    "dinov2": image("Dinov2ForImageClassification", **PATCHES),
    "dinov2_registers": image("Dinov2WithRegistersForImageClassification", **PATCHES),
    "dinov3": image("DINOv3ViTModel", keep="last_hidden_state pooler_output", **PATCHES),
    "vitdet": image("VitDetModel", keep="last_hidden_state", **PATCHES, window_size=3, window_block_indices=[0]),
    "swin": image("SwinForImageClassification", **WINDOWS),
    "swinv2": image("Swinv2ForImageClassification", **WINDOWS),
    "swin2sr": image("Swin2SRForImageSuperResolution", keep="reconstruction", **WINDOWS),
    "hiera": image("HieraForImageClassification", image_size=[64, 64], embed_dim=16, depths=[1, 2, 2, 1],
        num_heads=[1, 2, 4, 8]),
    "pvt": image("PvtForImageClassification", **PYRAMID, image_size=64),
    "pvt_v2": image("PvtV2ForImageClassification", **PYRAMID),
    "cvt": image("CvtForImageClassification", embed_dim=[16, 32, 48], num_heads=[1, 2, 3], depth=[1, 2, 3]),
    "levit": image("LevitForImageClassification", image_size=64, hidden_sizes=[64, 96, 128],
        num_attention_heads=[2, 3, 4], depths=[1, 1, 1], key_dim=[16, 16, 16]),
    "poolformer": image("PoolFormerForImageClassification", **STAGES),
    "mobilevit": image("MobileViTForImageClassification", redrawn=True, image_size=64, hidden_sizes=[16, 24, 32],
        neck_hidden_sizes=[8, 16, 16, 24, 24, 32, 48]),
    "mobilevitv2": image("MobileViTV2ForImageClassification", redrawn=True, image_size=64, width_multiplier=0.25),
    "swiftformer": image("SwiftFormerForImageClassification", depths=[1, 1, 1, 1], embed_dims=[16, 16, 32, 32]),
    "focalnet": image("FocalNetForImageClassification", image_size=64, embed_dim=16, depths=[1, 1, 2, 1]),
    "convnext": image("ConvNextForImageClassification", **STAGES),
    "convnextv2": image("ConvNextV2ForImageClassification", **STAGES),
    "resnet": image("ResNetForImageClassification", **STAGES, embedding_size=16),
    "regnet": image("RegNetForImageClassification", **STAGES, embedding_size=16, groups_width=8),
    "bit": image("BitForImageClassification", **STAGES, embedding_size=16, num_groups=4, global_padding="SAME"),
    "mobilenet_v1": image("MobileNetV1ForImageClassification", redrawn=True, depth_multiplier=0.25),
    "mobilenet_v2": image("MobileNetV2ForImageClassification", depth_multiplier=0.25),
    "efficientnet": image("EfficientNetForImageClassification", redrawn=True, width_coefficient=0.25,
        depth_coefficient=0.25, hidden_dim=320),
    "hgnet_v2": image("HGNetV2ForImageClassification", **STAGES, embedding_size=16, stem_channels=[3, 8, 8],
        stage_in_channels=[8, 16, 16, 32], stage_mid_channels=[8, 8, 8, 8], stage_out_channels=[16, 16, 32, 32],
        stage_num_blocks=[1, 1, 2, 1], stage_numb_of_layers=[2, 2, 2, 2]),
    "textnet": image("TextNetForImageClassification", stem_out_channels=8, hidden_sizes=[8, 8, 16, 16, 32]),
    "imagegpt": language("ImageGPTForCausalImageModeling", area="vision", **GPT),
    "videomae": image("VideoMAEModel", "last_hidden_state", VIDEO, **FRAMES, patch_size=8),
    "timesformer": image("TimesformerForVideoClassification", given=VIDEO, **FRAMES, patch_size=8),
    "vivit": image("VivitForVideoClassification", given=VIDEO, **FRAMES, tubelet_size=[2, 8, 8]),
}

DETECTION = {
    "segformer": detector("SegformerForSemanticSegmentation", "logits", **PYRAMID, decoder_hidden_size=32),
    "glpn": detector("GLPNForDepthEstimation", "predicted_depth", **PYRAMID, decoder_hidden_size=32),
    "detr": detector("DetrForObjectDetection", **DETR, backbone_config=dict(RESNET, out_features=["stage4"])),
    "conditional_detr": detector("ConditionalDetrForObjectDetection", **DETR,
        backbone_config=dict(RESNET, out_features=["stage4"])),
    "deformable_detr": detector("DeformableDetrForObjectDetection", **dict(DETR, d_model=64),
        backbone_config=dict(RESNET, out_features=STEPS[1:])),
    "rt_detr": detector("RTDetrForObjectDetection", **DETR, encoder_hidden_dim=32, encoder_in_channels=[16, 32, 32],
        decoder_in_channels=[32, 32, 32],
        backbone_config=dict(RESNET, model_type="rt_detr_resnet", out_features=STEPS[1:])),
    "yolos": detector("YolosForObjectDetection", **dict(PATCHES, image_size=[64, 64]), num_detection_tokens=5),
    "dpt": detector("DPTForDepthEstimation", "predicted_depth", **dict(PATCHES, num_hidden_layers=4),
        backbone_out_indices=[0, 1, 2, 3], neck_hidden_sizes=[16, 16, 32, 32], fusion_hidden_size=16),
    "depth_anything": detector("DepthAnythingForDepthEstimation", "predicted_depth", patch_size=16,
        reassemble_hidden_size=32, neck_hidden_sizes=[16, 16, 32, 32], fusion_hidden_size=16, head_hidden_size=8,
        backbone_config=dict(PATCHES, model_type="dinov2", num_hidden_layers=4, out_features=STEPS,
            reshape_hidden_states=False)),
    "upernet": detector("UperNetForSemanticSegmentation", "logits", hidden_size=32, auxiliary_in_channels=32,
        auxiliary_channels=16, backbone_config=dict(STAGES, model_type="convnext", out_features=STEPS)),
    "maskformer": detector("MaskFormerModel", "transformer_decoder_last_hidden_state", fpn_feature_size=32,
        mask_feature_size=32, backbone_config=dict(RESNET, out_features=STEPS),
        decoder_config=dict(DETR, model_type="detr")),
    "mask2former": detector("Mask2FormerModel", "transformer_decoder_last_hidden_state", feature_size=32,
        mask_feature_size=32, hidden_dim=32, encoder_feedforward_dim=64, dim_feedforward=64, num_attention_heads=4,
        encoder_layers=2, decoder_layers=3, num_queries=5, backbone_config=dict(RESNET, out_features=STEPS)),
    "vitpose": detector("VitPoseForPoseEstimation", "heatmaps", num_labels=4,
        backbone_config=dict(PATCHES, model_type="vitpose_backbone", image_size=[64, 64], patch_size=[16, 16],
            out_features=["stage2"])),
    "superpoint": detector("SuperPointForKeypointDetection", "keypoints scores", **POINTS),
    "lightglue": detector("LightGlueForKeypointMatching", "matches matching_scores", "f32[1,2,3,64,64]",
        num_hidden_layers=2, num_attention_heads=4, descriptor_dim=16, filter_threshold=0.0,
        keypoint_detector_config=dict(POINTS, model_type="superpoint")),
    "sam": detector("SamModel", "iou_scores pred_masks",
        vision_config=dict(PATCHES, output_channels=32, window_size=3, global_attn_indexes=[1], num_pos_feats=16,
            mlp_dim=64),
        prompt_encoder_config={"hidden_size": 32, "image_size": 64, "patch_size": 16, "mask_input_channels": 4},
        mask_decoder_config={"hidden_size": 32, "mlp_dim": 64, "num_attention_heads": 4, "iou_head_hidden_dim": 32}),
}

TEXT = {
    "bert": encoder("BertModel", **WORDS),
    "roberta": encoder("RobertaModel", **WORDS),
    "distilbert": encoder("DistilBertModel", dim=32, hidden_dim=64, n_layers=2, n_heads=4, vocab_size=100),
    "albert": encoder("AlbertModel", **WORDS, embedding_size=16),
    "electra": encoder("ElectraModel", **WORDS, embedding_size=16),
    "deberta": encoder("DebertaModel", **WORDS, relative_attention=True, pos_att_type=["c2p", "p2c"]),
    "deberta_v2": encoder("DebertaV2Model", **WORDS, relative_attention=True, pos_att_type=["c2p", "p2c"],
        position_buckets=8),
    "mpnet": encoder("MPNetModel", **WORDS),
    "mobilebert": encoder("MobileBertModel", **WORDS, embedding_size=16, intra_bottleneck_size=16),
    "squeezebert": encoder("SqueezeBertModel", **WORDS, embedding_size=32),
    "convbert": encoder("ConvBertModel", **WORDS, embedding_size=16),
    "rembert": encoder("RemBertModel", **WORDS, input_embedding_size=16),
    "roformer": encoder("RoFormerModel", **WORDS),
    "ibert": encoder("IBertModel", **WORDS),
    "ibert_quantised": encoder("IBertModel", **WORDS, quant_mode=True),
    "esm": encoder("EsmModel", **WORDS, pad_token_id=1),
    "xlm": encoder("XLMModel", emb_dim=32, n_layers=2, n_heads=4, n_words=100, max_position_embeddings=64),
    "modernbert": encoder("ModernBertModel", **WORDS, **MARKS, cls_token_id=1, sep_token_id=2),
    "funnel": encoder("FunnelModel", vocab_size=100, block_sizes=[1, 1], num_decoder_layers=1, d_model=32, n_head=4,
        d_head=8, d_inner=64),
    "fnet": language("FNetModel", "last_hidden_state", cached=False, **WORDS),
    # Its attention cannot take the mask that is made for it. Eager makes none where nothing is hidden, tracing does.
    "nystromformer": encoder("NystromformerModel", **WORDS, num_landmarks=4, segment_means_seq_len=12),
    "longformer": encoder("LongformerModel", length=16, **WORDS, attention_window=8),
    "big_bird": encoder("BigBirdModel", length=64, **WORDS, block_size=4, num_random_blocks=1),
    # Too short for its sparse attention: the first call changes an attribute for good.
    "big_bird_short": encoder("BigBirdModel", **WORDS, block_size=4, num_random_blocks=1),
    "canine": encoder("CanineModel", length=32, **WORDS, local_transformer_stride=8, num_hash_buckets=64),
    "yoso": encoder("YosoModel", **WORDS, use_expectation=True),
    "luke": encoder("LukeModel", **WORDS, entity_vocab_size=10, entity_emb_size=16),
    "tapas": encoder("TapasModel", **WORDS),
    "perceiver": encoder("PerceiverForMaskedLM", "logits", num_latents=8, d_latents=32, d_model=16, num_blocks=1,
        num_self_attends_per_block=2, num_self_attention_heads=4, num_cross_attention_heads=4, vocab_size=100,
        max_position_embeddings=12),
    # Its layers are reversible, by an autograd function that the tracer cannot follow.
    "reformer": encoder("ReformerModel", length=16, attn_layers=["local", "lsh"], axial_pos_shape=[4, 4],
        axial_pos_embds_dim=[16, 16], hidden_size=32, feed_forward_size=64, num_attention_heads=2,
        attention_head_size=16, vocab_size=100, lsh_attn_chunk_length=4, local_attn_chunk_length=4, num_buckets=2,
        hash_seed=0, max_position_embeddings=16),
    "xlnet": encoder("XLNetModel", vocab_size=100, d_model=32, n_layer=2, n_head=4, d_inner=64),
    "gpt2": language("GPT2LMHeadModel", **GPT),
    "gpt_neo": language("GPTNeoForCausalLM", vocab_size=100, hidden_size=32, num_layers=2, num_heads=4,
        max_position_embeddings=64, attention_types=[[["global", "local"], 1]], window_size=4),
    "gpt_neox": language("GPTNeoXForCausalLM", **WORDS),
    "gptj": language("GPTJForCausalLM", **GPT, rotary_dim=4),
    "gpt_bigcode": language("GPTBigCodeForCausalLM", **GPT),
    "codegen": language("CodeGenForCausalLM", **GPT, n_ctx=64, rotary_dim=4),
    "ctrl": language("CTRLLMHeadModel", **GPT, dff=64),
    "openai_gpt": language("OpenAIGPTLMHeadModel", cached=False, **GPT),
    "opt": language("OPTForCausalLM", **WORDS, **MARKS, ffn_dim=64, word_embed_proj_dim=16),
    "bloom": language("BloomForCausalLM", vocab_size=100, hidden_size=32, n_layer=2, n_head=4),
    "mpt": language("MptForCausalLM", d_model=32, n_heads=4, n_layers=2, expansion_ratio=2, max_seq_len=64,
        vocab_size=100),
    "xglm": language("XGLMForCausalLM", vocab_size=100, d_model=32, ffn_dim=64, num_layers=2, attention_heads=4),
    "biogpt": language("BioGptForCausalLM", **WORDS),
    "llama": language("LlamaForCausalLM", **DECODER),
    # Its frequencies are computed again, and kept, once a sequence is longer than the longest so far.
    "llama_dynamic": language("LlamaForCausalLM", **DECODER,
        rope_parameters={"rope_type": "dynamic", "factor": 2.0, "rope_theta": 10000.0}),
    "mistral": language("MistralForCausalLM", **DECODER, sliding_window=4),
    "mixtral": language("MixtralForCausalLM", **DECODER, **EXPERTS, num_local_experts=4),
    "qwen2": language("Qwen2ForCausalLM", **DECODER),
    "qwen2_moe": language("Qwen2MoeForCausalLM", **DECODER, **EXPERTS, num_experts=4,
        shared_expert_intermediate_size=32),
    "qwen3": language("Qwen3ForCausalLM", **HEADS),
    "qwen3_next": language("Qwen3NextForCausalLM", **HEADS, **EXPERTS, num_experts=4,
        shared_expert_intermediate_size=32, linear_key_head_dim=8, linear_value_head_dim=8, linear_num_key_heads=2,
        linear_num_value_heads=4, layer_types=["linear_attention", "full_attention"]),
    "deepseek_v3": language("DeepseekV3ForCausalLM", **dict(DECODER, num_key_value_heads=4), **EXPERTS,
        qk_rope_head_dim=8, qk_nope_head_dim=8, v_head_dim=16, kv_lora_rank=16, q_lora_rank=16, n_routed_experts=8,
        n_group=2, topk_group=1, first_k_dense_replace=1),
    "gpt_oss": language("GptOssForCausalLM", **HEADS, **EXPERTS, num_local_experts=4, sliding_window=4),
    "gemma": language("GemmaForCausalLM", **HEADS),
    "gemma2": language("Gemma2ForCausalLM", **HEADS, sliding_window=4),
    "gemma3": language("Gemma3ForCausalLM", **HEADS, sliding_window=4),
    "phi": language("PhiForCausalLM", **WORDS),
    "phi3": language("Phi3ForCausalLM", **DECODER),
    "falcon": language("FalconForCausalLM", **WORDS, alibi=True),
    "stablelm": language("StableLmForCausalLM", **DECODER),
    "cohere": language("CohereForCausalLM", **DECODER),
    "diffllama": language("DiffLlamaForCausalLM", **DECODER),
    "lfm2": language("Lfm2ForCausalLM", **DECODER, layer_types=["conv", "full_attention"]),
    "minimax": language("MiniMaxForCausalLM", **HEADS, **EXPERTS, num_local_experts=4,
        layer_types=["linear_attention", "full_attention"], block_size=4),
    "mamba": language("MambaForCausalLM", **SCAN, state_size=4),
    "mamba2": language("Mamba2ForCausalLM", **SCAN, state_size=4, num_heads=4, head_dim=16, n_groups=2, chunk_size=4),
    "falcon_mamba": language("FalconMambaForCausalLM", **SCAN, state_size=4),
    "rwkv": language("RwkvForCausalLM", **SCAN, context_length=64),
    "recurrent_gemma": language("RecurrentGemmaForCausalLM", **DECODER),
    "jamba": language("JambaForCausalLM", **DECODER, num_experts=4, mamba_d_state=4, attn_layer_offset=1,
        attn_layer_period=2, experts_implementation="eager", use_mamba_kernels=False),
    "xlstm": language("xLSTMForCausalLM", **SCAN, num_heads=4),
    "t5": translator("T5ForConditionalGeneration", **T5),
    "longt5": translator("LongT5ForConditionalGeneration", **T5, local_radius=4, global_block_size=4,
        encoder_attention_type="transient-global"),
    "switch": translator("SwitchTransformersForConditionalGeneration", **T5, num_experts=4,
        num_sparse_encoder_layers=1, num_sparse_decoder_layers=1),
    "bart": translator("BartForConditionalGeneration", **BOTH),
    "mbart": translator("MBartForConditionalGeneration", **BOTH),
    "pegasus": translator("PegasusForConditionalGeneration", **BOTH),
    "pegasus_x": translator("PegasusXForConditionalGeneration", **BOTH, block_size=4, num_global_tokens=2),
    "marian": translator("MarianMTModel", **BOTH),
    "blenderbot": translator("BlenderbotForConditionalGeneration", **BOTH),
    "m2m_100": translator("M2M100ForConditionalGeneration", **BOTH),
    "led": translator("LEDForConditionalGeneration", **BOTH, attention_window=8, max_encoder_position_embeddings=64,
        max_decoder_position_embeddings=64),
    "prophetnet": translator("ProphetNetForConditionalGeneration", hidden_size=32, num_encoder_layers=2,
        num_decoder_layers=2, num_encoder_attention_heads=4, num_decoder_attention_heads=4, encoder_ffn_dim=64,
        decoder_ffn_dim=64, vocab_size=100, max_position_embeddings=64, num_buckets=8, relative_max_distance=16,
        init_std=0.2),
    "fsmt": translator("FSMTForConditionalGeneration", **BOTH, src_vocab_size=100, tgt_vocab_size=100,
        langs=["en", "de"]),
}

AUDIO = {
    "wav2vec2": listener("Wav2Vec2Model", **SOUND),
    "wav2vec2_conformer": listener("Wav2Vec2ConformerModel", **SOUND),
    "wav2vec2_bert": listener("Wav2Vec2BertModel", "f32[1,20,16]", **SMALL, feature_projection_input_dim=16),
    "hubert": listener("HubertModel", **SOUND),
    "wavlm": listener("WavLMModel", **SOUND),
    "sew": listener("SEWModel", **SOUND),
    "sew_d": listener("SEWDModel", **SOUND),
    "unispeech": listener("UniSpeechModel", **SOUND),
    "data2vec_audio": listener("Data2VecAudioModel", **SOUND, conv_pos_kernel_size=5),
    "ast": listener("ASTForAudioClassification", "f32[1,64,32]", "logits", **SMALL, max_length=64, num_mel_bins=32),
    "whisper": translator("WhisperForConditionalGeneration", "f32[2,16,100]", "audio", **BOTH, num_mel_bins=16,
        max_source_positions=50, max_target_positions=32, suppress_tokens=None, begin_suppress_tokens=None),
    "speech_to_text": translator("Speech2TextForConditionalGeneration", "f32[2,40,16]", "audio", **BOTH,
        input_feat_per_channel=16, conv_channels=16, max_source_positions=50, max_target_positions=32),
    "speecht5": translator("SpeechT5ForSpeechToText", "f32[2,2000]", "audio", **HALVES, **SOUND, vocab_size=100),
    "moonshine": translator("MoonshineForConditionalGeneration", "f32[2,4000]", "audio", hidden_size=32,
        intermediate_size=64, encoder_num_hidden_layers=2, decoder_num_hidden_layers=2, encoder_num_attention_heads=4,
        decoder_num_attention_heads=4, vocab_size=100, **MARKS),
    "dac": listener("DacModel", "f32[1,1,640]", "audio_values", encoder_hidden_size=8, downsampling_ratios=[2, 4],
        decoder_hidden_size=32, n_codebooks=2, codebook_size=16, codebook_dim=4),
    "fastspeech2": language("FastSpeech2ConformerModel", "spectrogram", area="audio", cached=False, vocab_size=100,
        hidden_size=32, num_mel_bins=16, encoder_layers=1, encoder_linear_units=64, decoder_layers=1,
        decoder_linear_units=64, speech_decoder_postnet_units=16, duration_predictor_channels=16,
        energy_predictor_channels=16, pitch_predictor_channels=16),
    # Draws noise, which its two scales leave nothing of.
    "vits": language("VitsModel", "waveform", area="audio", cached=False, vocab_size=100, noise_scale=0.0,
        noise_scale_duration=0.0, hidden_size=32, num_hidden_layers=2, ffn_dim=64, flow_size=32,
        upsample_initial_channel=32, upsample_rates=[4, 4], upsample_kernel_sizes=[8, 8], resblock_kernel_sizes=[3],
        resblock_dilation_sizes=[[1, 3]], duration_predictor_filter_channels=32, prior_encoder_num_flows=2,
        prior_encoder_num_wavenet_layers=2, posterior_encoder_num_wavenet_layers=2),
    "clap_audio": listener("ClapAudioModel", "f32[1,1,200,16]", "pooler_output", num_mel_bins=16, spec_size=64,
        window_size=4, hidden_size=32, patch_embeds_hidden_size=16, depths=[1, 1], num_attention_heads=[2, 2]),
}

MULTIMODAL = {
    "clip": reader("CLIPModel", **TWO),
    "siglip": reader("SiglipModel", **TWO),
    "altclip": reader("AltCLIPModel", **dict(TWO, text_config=dict(WORDS, **MARKS, project_dim=32))),
    "chinese_clip": reader("ChineseCLIPModel", **TWO),
    "aimv2": reader("Aimv2Model", **TWO),
    "clipseg": reader("CLIPSegForImageSegmentation", "logits", **TWO, extract_layers=[0, 1], reduce_dim=32,
        decoder_num_attention_heads=4, decoder_intermediate_size=64),
    "groupvit": reader("GroupViTModel", **dict(TWO, projection_intermediate_dim=64,
        vision_config=dict(EYE, depths=[1, 1, 1], num_group_tokens=[8, 4, 0], num_output_groups=[8, 4, 4]))),
    "owlvit": reader("OwlViTForObjectDetection", "logits pred_boxes", **TWO),
    "blip": reader("BlipForImageTextRetrieval", "itm_score", **TWO),
    # Draws the order of its patches: only the features of the text are the same every time, but for rounding.
    "vilt": reader("ViltModel", "pooler_output", **WORDS, image_size=32, patch_size=8),
    "git": reader("GitForCausalLM", "logits", **WORDS, vision_config=EYE),
    "bridgetower": reader("BridgeTowerModel", "text_features image_features", **dict(SMALL, hidden_size=64),
        text_config=dict(WORDS, hidden_size=64), vision_config=dict(EYE, hidden_size=64)),
    "flava": reader("FlavaModel", "text_embeddings image_embeddings multimodal_embeddings", text_config=WORDS,
        image_config=EYE, multimodal_config=SMALL, hidden_size=32, projection_dim=32),
    "flava_text": encoder("FlavaTextModel", area="multimodal", **WORDS),
    "trocr": translator("VisionEncoderDecoderModel", "f32[2,3,32,32]", "multimodal",
        encoder=dict(EYE, model_type="vit"), decoder=dict(BOTH, model_type="trocr")),
    "layoutlm": layout("LayoutLMModel", **WORDS),
    "layoutlmv3": layout("LayoutLMv3Model", **WORDS, coordinate_size=6, shape_size=4),
    "lilt": layout("LiltModel", **dict(WORDS, hidden_size=48)),
}

SERIES = {
    "patchtst": listener("PatchTSTForPrediction", "f32[2,32,3]", "prediction_outputs", "series", **FORECAST,
        patch_stride=4, d_model=32, ffn_dim=64, num_hidden_layers=2, num_attention_heads=4),
    "patchtsmixer": listener("PatchTSMixerForPrediction", "f32[2,32,3]", "prediction_outputs", "series", **FORECAST,
        patch_stride=8, d_model=16, num_layers=2),
}

# fmt: on

ZOO: dict[str, Entry] = VISION | DETECTION | TEXT | AUDIO | MULTIMODAL | SERIES
"""Every architecture here, by name."""
