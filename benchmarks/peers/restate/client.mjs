// Calls the service through Restate's ingress.
//
//     node client.mjs INGRESS
//
// Reads one JSON object a line, {path, jobs, inFlight}, posts each job with so many requests
// in flight, and answers each line with one: the milliseconds that it took.

import { Agent, request } from 'node:http';
import { createInterface } from 'node:readline';

const ingress = new URL(process.argv[2]);
const agent = new Agent({ keepAlive: true, maxSockets: Infinity, noDelay: true });

function post(path, job) {
  const headers = { 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const call = request(
      { agent, host: ingress.hostname, port: ingress.port, path, method: 'POST', headers },
      (answer) => {
        answer.resume();
        answer.on('end', () =>
          answer.statusCode < 300 ? resolve() : reject(new Error(`${answer.statusCode}`)),
        );
      },
    );
    call.on('error', reject);
    call.end(JSON.stringify(job));
  });
}

async function postAll({ path, jobs, inFlight }) {
  let next = 0;
  const lane = async () => {
    while (next < jobs.length) await post(path, jobs[next++]);
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
}

for await (const line of createInterface({ input: process.stdin })) {
  const begin = performance.now();
  await postAll(JSON.parse(line));
  console.log(JSON.stringify(performance.now() - begin));
}
process.exit(0);
