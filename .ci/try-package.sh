#!/usr/bin/env bash
# Packs the package, installs the tarball in an empty folder as a user would, and explains a photo with it.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

tarball=$(cd "$root" && npm pack --silent --ignore-scripts --pack-destination "$folder")
cp "$root/examples/chelsea.png" "$folder/photo.png"
cd "$folder"
npm init --yes >/dev/null
ONNXRUNTIME_NODE_INSTALL=skip npm install --no-audit --no-fund "./$tarball"
npx onnx-explain explain photo.png --method grad-cam --quiet
ls out/photo.grad-cam.*.png
npx onnx-explain compare photo.png --methods grad-cam,saliency --report out/report.html --quiet
grep --quiet 'id="report-data"' out/report.html
cat >library.mjs <<'SCRIPT'
import { loadImage, loadModel, lime } from 'onnx-explain';
const model = await loadModel();
const explanation = await lime(model, await loadImage('photo.png'), { target: 'cat', samples: 50, seed: 1 });
const { data, width, height } = explanation.mask({ top: 5 });
await model.close();
if (data.length !== width * height || !data.includes(1)) throw new Error('the mask is empty');
SCRIPT
node library.mjs
