import { robustCovariance } from "../../../../scoring/algorithm/covariance/mod.ts";
import { describeAlgorithm } from "../conformance.ts";

describeAlgorithm(robustCovariance);
