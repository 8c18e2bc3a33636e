// usage: master.js PORT: modbus-serial's client on one connection. It tells the version of register
// 1990, and whether register 12 has lost what was written to it.
const Modbus = require("modbus-serial");

async function main() {
  const client = new Modbus();
  client.on("close", () => console.log("failed: the connection was closed"));
  await client.connectTCP("127.0.0.1", { port: Number(process.argv[2]) });
  client.setID(1);
  for (let number = 0; ; number = (number + 1) % 65536) {
    const last = (await client.readHoldingRegisters(12, 1)).data[0];
    const version = (await client.readHoldingRegisters(1990, 1)).data[0];
    await client.writeRegister(12, (number + 1) % 65536);
    console.log(last === number ? `version ${version}` : `failed: wrote ${number}, read ${last}`);
  }
}

main().catch((e) => console.log(`failed: ${e.message ?? e}`));
