# Where the set-up puts things. Needs: root.
deps=$root/.deps
logs=$deps/logs
stamps=$deps/stamps
downloads=$deps/downloads
work=$deps/build  # unpacked sources and half-made results; nothing that is used lies here
models=$deps/models
python=$deps/venv/bin/python
