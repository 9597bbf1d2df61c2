#!/usr/bin/env node
/** What is installed as `onnx-explain`: keeps what is compiled for the next start, where Node can (22.8 and later). */
require('node:module').enableCompileCache?.();
require('../dist/bundle/onnx-explain.cjs');
