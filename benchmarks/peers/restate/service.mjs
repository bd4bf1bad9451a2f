// The jobs as a Restate service, over HTTP/2 on the loopback interface.
//
//     node service.mjs PORT [BODIES]
//
// BODIES is a log; every step body appends a line to it when it begins.

import { openSync, writeSync } from 'node:fs';
import * as restate from '@restatedev/restate-sdk';

// The SDK calls what Node has had since version 22; version 20 lacks no other of its needs.
Promise.withResolvers ??= () => {
  const parts = {};
  parts.promise = new Promise((resolve, reject) => Object.assign(parts, { resolve, reject }));
  return parts;
};

const [port, log] = process.argv.slice(2);
const lines = log ? openSync(log, 'a') : null;
const features = [1, 2, 3, 4, 5, 6, 7].map((number) => `feature-${number}`);
const result = 'x'.repeat(1_000);

const step = (context, job, name) =>
  context.run(name, () => {
    if (lines !== null) writeSync(lines, `${job} ${name}\n`);
    return result;
  });

const jobs = restate.service({
  name: 'jobs',
  handlers: {
    job10: async (context, job) => {
      await step(context, job, 'parse');
      await restate.RestatePromise.all(features.map((name) => step(context, job, name)));
      await step(context, job, 'assemble');
      await step(context, job, 'badge');
    },
    chain10: async (context, job) => {
      for (const name of ['parse', ...features, 'assemble', 'badge']) {
        await step(context, job, name);
      }
    },
  },
});

restate.serve({ services: [jobs], port: Number(port) });
