/**
 * Processor milliseconds that this process, its threads included, takes for some work. Unlike the time that passes, they stay nearly the
 * same beside other work, so a limit of them is a limit of the algorithm.
 */
export async function processorMs(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
