// OpenAI's own npm client against a running server.   node check.mjs BASE_URL MODEL
import assert from "node:assert/strict";
import OpenAI from "openai";

const [baseURL, model] = process.argv.slice(2);
const client = new OpenAI({ baseURL: `${baseURL}/v1`, apiKey: "none", maxRetries: 0 });
const prompt = "The clouds are in the";

const models = [];
for await (const each of client.models.list()) models.push(each.id);
assert(models.includes(model), `${model} is not among ${models}`);
assert.equal((await client.models.retrieve(model)).owned_by, "seqserve");

const whole = await client.completions.create({ model, prompt, max_tokens: 8, temperature: 0, logprobs: 2, user: "check" });
assert.equal(whole.object, "text_completion");
assert.equal(whole.choices.length, 1);
assert.equal(whole.usage.total_tokens, whole.usage.prompt_tokens + whole.usage.completion_tokens);
assert.equal(whole.choices[0].logprobs.tokens.length, whole.choices[0].logprobs.top_logprobs.length);

let text = "", usage, finish;
const stream = await client.completions.create({ model, prompt, max_tokens: 8, temperature: 0, stream: true, stream_options: { include_usage: true } });
for await (const chunk of stream) {
  text += chunk.choices[0]?.text ?? "";
  finish ??= chunk.choices[0]?.finish_reason ?? undefined;
  usage = chunk.usage ?? usage;
}
assert.equal(text, whole.choices[0].text);
assert.equal(finish, whole.choices[0].finish_reason);
assert.deepEqual(usage, whole.usage);

const seeded = () => client.completions.create({ model, prompt: [prompt, "Tom"], n: 2, max_tokens: 8, seed: 7, echo: true, stop: ["."] });
const [one, other] = await Promise.all([seeded(), seeded()]);
assert.equal(one.choices.length, 4);
assert.deepEqual(one.choices, other.choices);
assert(one.choices[0].text.startsWith(prompt));

await assert.rejects(client.completions.create({ model, prompt, max_tokens: 100000 }), (e) => e instanceof OpenAI.BadRequestError && e.param === "max_tokens" && e.code === "invalid_request");
await assert.rejects(client.completions.create({ model: "no-such", prompt }), OpenAI.NotFoundError);
await assert.rejects(client.completions.create({ model, prompt: "" }), OpenAI.UnprocessableEntityError);
await assert.rejects(client.models.retrieve("no-such"), OpenAI.NotFoundError);
console.log(`openai (npm) works with ${model}: "${prompt}${text}"`);
