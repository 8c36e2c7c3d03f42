// Loaded into the training process of a worker by NODE_OPTIONS: kills the worker (-9) at the moment at which its training
// tells it that the stage KILL_AT_STAGE begins. The training process itself is left to find out.
const { send } = process;
const { KILL_AT_STAGE } = process.env;

if (send !== undefined && KILL_AT_STAGE !== undefined) {
  process.send = (message, ...more) => {
    if (message.progress?.stage === KILL_AT_STAGE) process.kill(process.ppid, "SIGKILL");
    return send.call(process, message, ...more);
  };
}
