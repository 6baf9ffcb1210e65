import { assert, assertEquals } from "@std/assert";
import { runKillLoop } from "./kill_loop.ts";

const KILLS = 20;

Deno.test(`a gateway that is killed ${KILLS} times loses no point, doubles no incident and tells each event once`, async () => {
  const { pointsAcknowledged, incidents, eventsReceived, ...found } = await runKillLoop({
    kills: KILLS,
    devices: ["ec2-fe7f93", "ec2-77c1ca", "road-7578"],
    pointsPerRequest: 10,
    seed: 1,
  });
  assertEquals(found, { kills: KILLS, pointsLost: 0, subscribersWrong: 0, incidentsWrong: 0 });
  assert(pointsAcknowledged > 7_000 && incidents > 3 && eventsReceived > 50);
});
