#!/usr/bin/env node
/** What is installed as `onnx-explain`: keeps the compiled modules for the next start, where Node can (22.8 and later). */
import module from 'node:module';

(module as { enableCompileCache?: () => void }).enableCompileCache?.();
await import('./main.ts');
