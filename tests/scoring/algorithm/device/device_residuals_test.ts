import { deviceResiduals } from "../../../../scoring/algorithm/device/mod.ts";
import { describeAlgorithm } from "../conformance.ts";

describeAlgorithm(deviceResiduals);
