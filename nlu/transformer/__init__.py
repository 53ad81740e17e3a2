"""The engine "transformer": a pretrained encoder, fine-tuned with torch, served as int8 ONNX without it."""
