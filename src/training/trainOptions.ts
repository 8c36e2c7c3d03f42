import type { ModelComparison } from "../domain/modelComparison.js";
import type { SettingValues } from "../domain/setting.js";
import type { HeldOutLists } from "../model/heldOutLists.js";
import type { Model } from "../model/model.js";
import type { TensorBackend } from "../scorer/backend.js";
import type { OpenFitter } from "./fitter.js";
import type { ServedRival } from "./gate.js";

export interface TrainingProgress {
  readonly stage: string;
  /** 0 … 1 within the stage. */
  readonly share: number;
}

export interface TrainOptions {
  readonly settings: SettingValues;
  /** Where the gates are learned; they stay as made by hand without one. */
  readonly backend: TensorBackend | null;
  readonly openFitter?: OpenFitter;
  /** The model to compare with before the refit, null when none serves; no comparison is made without it. */
  readonly loadServed?: () => Promise<ServedRival | null>;
  readonly onProgress?: (progress: TrainingProgress) => void;
}

export interface TrainedModel {
  readonly model: Model;
  /** The lists of its twin from before the refit; null without a slice or a comparison. */
  readonly heldOut: HeldOutLists | null;
  readonly comparison: ModelComparison | null;
}
