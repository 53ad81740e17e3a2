"""Measurements. Each bench_*.py and haikou.py prints one JSON object; docs/measured.md keeps what they said."""
