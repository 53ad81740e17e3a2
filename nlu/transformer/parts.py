"""Which packages the engine transformer needs, and what to say when they are missing."""

from importlib.util import find_spec

from plumbing.errors import HotlineError

TRAINING = ("torch", "transformers", "onnx", "onnxscript", "onnxruntime", "tokenizers")


def require() -> None:
    """Raises HotlineError NO_ENGINE, with what to install, when something that training needs is missing."""
    missing = [name for name in TRAINING if find_spec(name) is None]
    if missing:
        raise HotlineError(
            "NO_ENGINE",
            f"训练 transformer 引擎缺少组件：{'、'.join(missing)}。请先安装：python3 tools/setup.py transformer"
            "（或先装 torch，再 pip install 'hotline12345[transformer]'）；也可以改用 --engine embedded。",
        )
