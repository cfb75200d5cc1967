// Asks a server and transformers.js, which runs the same files with its own tokenizers and its own ONNX Runtime, for the same texts.
//   node check.mjs SERVER FOLDER      FOLDER/models/NAME as Optimum writes them, FOLDER/expected/NAME.json for the texts
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { env, pipeline } from "@huggingface/transformers";

const [server, folder] = process.argv.slice(2);
const models = mkdtempSync(join(tmpdir(), "cross-check-"));
env.localModelPath = models;
env.allowRemoteModels = false;
const tolerance = 1e-4;
let answers = 0;
let faults = 0;

const checks = {
    "bert-sentiment": classify,
    "gpt2-stories": complete,
    "t5-en-de": translate,
};

for (const [name, check] of Object.entries(checks)) {
    if (!existsSync(join(folder, "models", name))) {
        console.log(`cross-check: ${name}: SKIPPED, it is not in this folder`);
        continue;
    }
    copy(name);
    await check(name, JSON.parse(readFileSync(join(folder, "expected", `${name}.json`))).cases);
}
rmSync(models, { recursive: true });
console.log(`cross-check: ${answers} answers compared, ${faults} differ`);
process.exit(faults === 0 && answers > 0 ? 0 : 1);

async function classify(model, cases) {
    const classifier = await pipeline("text-classification", model, { dtype: "fp32" });
    for (const { text } of cases) {
        const [best] = await classifier(text);
        const { results } = await post("/v1/classify", { model, inputs: text, truncate: true, top_k: 1 });
        const { label, score } = results[0].scores[0];
        compare(model, text, label === best.label && Math.abs(score - best.score) < tolerance, [label, score], [best.label, best.score]);
    }
}

async function complete(model, cases) {
    const generator = await pipeline("text-generation", model, { dtype: "fp32" });
    for (const { prompt } of cases) {
        const [{ generated_text }] = await generator(prompt, { max_new_tokens: 24, do_sample: false });
        const { choices } = await post("/v1/completions", { model, prompt, max_tokens: 24, temperature: 0, echo: true });
        compare(model, prompt, choices[0].text === generated_text, choices[0].text, generated_text);
    }
}

async function translate(model, cases) {
    const translator = await pipeline("text2text-generation", model, { dtype: "fp32" });
    for (const { text } of cases) {
        const [{ generated_text }] = await translator(text, { max_new_tokens: 40, num_beams: 1, do_sample: false });
        const { results } = await post("/v1/translate", { model, inputs: text, beam_size: 1, max_tokens: 40 });
        compare(model, text, results[0].translation === generated_text, results[0].translation, generated_text);
    }
}

// transformers.js wants the graphs in onnx/.
function copy(name) {
    const [from, to] = [join(folder, "models", name), join(models, name)];
    mkdirSync(join(to, "onnx"), { recursive: true });
    for (const file of readdirSync(from))
        cpSync(join(from, file), file.endsWith(".onnx") ? join(to, "onnx", file) : join(to, file), { recursive: true });
}

async function post(path, body) {
    const response = await fetch(server + path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
    const answer = await response.json();
    if (!response.ok)
        throw new Error(`${path} ${response.status}: ${JSON.stringify(answer)}`);
    return answer;
}

function compare(model, text, same, given, wanted) {
    answers++;
    if (same)
        return;
    faults++;
    console.log(`cross-check: ${model}: ${JSON.stringify(text)}\n  SeqServe        ${JSON.stringify(given)}\n  transformers.js ${JSON.stringify(wanted)}`);
}
