"""Fixtures shared by all rooms: small archives of made-up news, and an embedder of every kind."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from index.archive import Archive
from index.documents import Document
from index.embedding import Embedder, load_embedder

# A busy machine is slow now and then; that is no error.
settings.register_profile("isnad", deadline=None)
settings.load_profile("isnad")

# Tests ask no language model of whoever runs them.
for _name in [name for name in os.environ if name.startswith("ISNAD_LLM_")]:
    del os.environ[_name]

# All of it is made up: no such place, person or event.
MADE_UP = [
    Document.create(
        "en/bridge",
        "The council of Velmora opened the Sarun bridge on Monday. Mayor Idra Tolen said the work cost 42 million "
        "florins.\n\nEngineers had warned in March of cracks in the northern pier. The pier was rebuilt in June.",
        title="Velmora opens its bridge (made up)",
        source="Made-up Wire",
        published="2021-09-06",
    ),
    Document.create(
        "en/harvest",
        "Farmers in the valley of Osk expect a poor harvest after the drought. The ministry of agriculture has "
        "promised 300 tonnes of seed by winter.",
        title="Drought hits Osk (made up)",
    ),
    Document.create(
        "ar/bridge",
        "افتتح مجلس مدينة فلمورة جسر سارون يوم الاثنين. وقالت رئيسة البلدية إدرا تولن إن الأشغال كلفت 42 مليون "
        "فلورين.\n\nوكان المهندسون قد حذروا في مارس من تشققات في الدعامة الشمالية.",
        title="فلمورة تفتتح جسرها (خبر مختلق)",
        source="وكالة مختلقة",
        published="2021-09-06",
    ),
    Document.create(
        "ar/harvest",
        "يتوقع المزارعون في وادي أوسك محصولا ضعيفا بعد الجفاف. ووعدت وزارة الزراعة بتوزيع 300 طن من البذور قبل "
        "الشتاء.",
        title="الجفاف يضرب أوسك (خبر مختلق)",
    ),
    Document.create(
        "fr/pont",
        "Le conseil de Velmora a ouvert le pont de Sarun lundi. La mairesse a remercié les ingénieurs.",
        title="Velmora ouvre son pont (inventé)",
        language="fr",
    ),
    Document.create("und/numbers", "1815 1848 1871 1914 1945", language="und"),
]


@pytest.fixture(scope="session")
def made_up_documents() -> list[Document]:
    """Two stories in English and Arabic, one in French, one in no language."""
    return list(MADE_UP)


@pytest.fixture(scope="session")
def transformer_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny sentence-transformers model of random weights, with prompts, as a user might bring one."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    torch.manual_seed(0)
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    texts = [document.text for document in MADE_UP] + ["query: passage:"]
    tokenizer.train_from_iterator(texts, trainers.WordPieceTrainer(vocab_size=600, special_tokens=special))
    ends = [(mark, tokenizer.token_to_id(mark)) for mark in ("[CLS]", "[SEP]")]
    tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=ends)
    folder = tmp_path_factory.mktemp("transformer")
    PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer,
        unk_token="[UNK]",
        pad_token="[PAD]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
        model_max_length=64,
    ).save_pretrained(folder / "bare")
    config = BertConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=64,
    )
    BertModel(config).save_pretrained(folder / "bare")
    transformer = Transformer(str(folder / "bare"))
    model = SentenceTransformer(
        modules=[transformer, Pooling(32)], prompts={"query": "query: ", "document": "passage: "}, device="cpu"
    )
    model.save(str(folder / "model"))
    return folder / "model"


@pytest.fixture(params=["bundled", "transformer"])
def embedder(request: pytest.FixtureRequest) -> Embedder:
    """Every kind of embedder in turn."""
    if request.param == "bundled":
        return load_embedder()
    return load_embedder(request.getfixturevalue("transformer_folder"))


@pytest.fixture
def make_archive(tmp_path: Path) -> Iterator[Callable[..., Archive]]:
    """Make archives that are closed when the test ends: ``make_archive(documents, name=..., model=...)``."""
    made: list[Archive] = []

    def make(documents: list[Document], name: str = "archive", model: str | Path | None = None) -> Archive:
        archive = Archive.create(tmp_path / name, model)
        made.append(archive)
        archive.add(documents)
        return archive

    yield make
    for archive in made:
        archive.close()


@pytest.fixture
def made_up_archive(make_archive: Callable[..., Archive], made_up_documents: list[Document]) -> Archive:
    """An archive of the made-up documents, with the bundled model."""
    return make_archive(made_up_documents)
