"""Translation models with the architecture of the real ones and random weights, made in a second."""

import io
import json
from pathlib import Path
from typing import Any

TEXTS = [
    "한국의 의료 영상 인공지능 기업이 병원을 찾습니다.",
    "We look for hospitals in Vietnam and Indonesia.",
    "Kami mencari rumah sakit di Indonesia.",
    "ระบบนี้ใช้ในโรงพยาบาล",
    "نبحث عن شريك في السعودية",
] * 3
SIZES: dict[str, Any] = {
    "d_model": 16,
    "encoder_layers": 1,
    "decoder_layers": 1,
    "encoder_ffn_dim": 32,
    "decoder_ffn_dim": 32,
    "encoder_attention_heads": 2,
    "decoder_attention_heads": 2,
    "max_position_embeddings": 128,
}


def pieces(**options: Any) -> bytes:
    import sentencepiece

    written = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(TEXTS),
        model_writer=written,
        vocab_size=300,
        hard_vocab_limit=False,
        character_coverage=1.0,
        minloglevel=2,
        **options,
    )
    return written.getvalue()


def _vocabulary(path: Path, first: list[str]) -> dict[str, int]:
    import sentencepiece

    processor = sentencepiece.SentencePieceProcessor(model_file=str(path))
    own = [processor.id_to_piece(number) for number in range(processor.get_piece_size())]
    tokens = dict.fromkeys([*first, *(piece for piece in own if piece not in {"<s>", "</s>", "<unk>"})])
    return {token: number for number, token in enumerate(tokens)}


def m2m(folder: Path) -> Path:
    import torch
    from transformers import M2M100Config, M2M100ForConditionalGeneration

    torch.manual_seed(1)
    (folder / "sentencepiece.bpe.model").write_bytes(pieces())
    vocabulary = _vocabulary(folder / "sentencepiece.bpe.model", ["<s>", "<pad>", "</s>", "<unk>"])
    (folder / "vocab.json").write_text(json.dumps(vocabulary))
    size = len(vocabulary) + 100 + 8  # languages, and the eight that the originals never used
    M2M100ForConditionalGeneration(M2M100Config(vocab_size=size, **SIZES)).save_pretrained(folder)
    return folder


def madlad(folder: Path) -> Path:
    import sentencepiece
    import torch
    from transformers import T5Config, T5ForConditionalGeneration

    torch.manual_seed(1)
    codes = ["ko", "en", "id", "ms", "vi", "th", "fil", "km", "lo", "my", "ar", "iw", "fa", "tr", "zh"]
    ids = {"pad_id": 0, "eos_id": 1, "unk_id": 2, "bos_id": -1}
    symbols = [f"<2{code}>" for code in codes]
    (folder / "spiece.model").write_bytes(pieces(user_defined_symbols=symbols, **ids))
    processor = sentencepiece.SentencePieceProcessor(model_file=str(folder / "spiece.model"))
    config = T5Config(
        vocab_size=processor.get_piece_size(),
        d_model=16,
        d_kv=8,
        d_ff=32,
        num_layers=1,
        num_heads=2,
        feed_forward_proj="gated-gelu",
        tie_word_embeddings=False,
        decoder_start_token_id=0,
        pad_token_id=0,
        eos_token_id=1,
    )
    T5ForConditionalGeneration(config).save_pretrained(folder)
    return folder


def opus(folder: Path, languages: tuple[str, ...] = ()) -> Path:
    import torch
    from transformers import MarianConfig, MarianMTModel

    torch.manual_seed(1)
    for name in ("source.spm", "target.spm"):
        (folder / name).write_bytes(pieces())
    tokens = [f">>{code}<<" for code in languages]
    vocabulary = _vocabulary(folder / "source.spm", ["</s>", "<unk>", *tokens])
    vocabulary["<pad>"] = len(vocabulary)
    (folder / "vocab.json").write_text(json.dumps(vocabulary))
    pad = vocabulary["<pad>"]
    config = MarianConfig(
        vocab_size=len(vocabulary),
        pad_token_id=pad,
        decoder_start_token_id=pad,
        eos_token_id=0,
        forced_eos_token_id=0,
        **SIZES,
    )
    MarianMTModel(config).save_pretrained(folder)
    return folder
