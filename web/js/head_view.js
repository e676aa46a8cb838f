// The head in its light. Draws when it is told to; knows nothing of sound or sockets.

import * as THREE from 'three';
import { RoomEnvironment } from 'three/addons/environments/RoomEnvironment.js';
import { GLTFLoader } from 'three/addons/loaders/GLTFLoader.js';

const FIELD_OF_VIEW = 22; // degrees
const SLOW_FRAME_MS = 45;
const DISTANCE_M = 1.0;
const EYE_LEVEL_M = 0.012; // the camera looks a little above the head's middle

/** Whether this browser can draw at all. */
export function canDraw() {
  try {
    const canvas = document.createElement('canvas');
    return Boolean(canvas.getContext('webgl2'));
  } catch {
    return false;
  }
}

export class HeadView {
  /** `lite` draws without the environment's light, for machines without a graphics processor. */
  constructor(host, { lite = false } = {}) {
    this.host = host;
    this.lite = lite;
    this.meshes = [];
    this.joints = {};
    this.slow = 0;
    this.pixelRatio = lite ? 1 : Math.min(window.devicePixelRatio || 1, 2);
    this.renderer = new THREE.WebGLRenderer({ antialias: !lite, alpha: true });
    this.renderer.toneMapping = THREE.ACESFilmicToneMapping;
    this.renderer.setPixelRatio(this.pixelRatio);
    this.renderer.domElement.setAttribute('aria-hidden', 'true');
    host.append(this.renderer.domElement);
    this.scene = new THREE.Scene();
    this.camera = new THREE.PerspectiveCamera(FIELD_OF_VIEW, 1, 0.05, 10);
    this.light();
    new ResizeObserver(() => this.resize()).observe(host);
    this.resize();
  }

  light() {
    if (this.lite) {
      this.scene.add(new THREE.AmbientLight(0xffffff, 0.9));
    } else {
      const generator = new THREE.PMREMGenerator(this.renderer);
      this.scene.environment = generator.fromScene(new RoomEnvironment(), 0.04).texture;
      this.scene.environmentIntensity = 0.38;
      generator.dispose();
    }
    const add = (color, intensity, x, y, z) => {
      const light = new THREE.DirectionalLight(color, intensity);
      light.position.set(x, y, z);
      this.scene.add(light);
    };
    add(0xfff1e0, 1.9, -1.2, 1.4, 2.2); // warm key from the upper left front
    add(0xcfe0ff, 0.35, 2, 0.3, 1.5); // weak cool fill
    add(0xffffff, 1.6, 1.2, 1.2, -2); // rim from behind
  }

  /** Loads the head; `progress` is called with the share that is there, from 0 to 1. */
  async load(url, progress) {
    const gltf = await new GLTFLoader().loadAsync(url, (event) => {
      if (event.lengthComputable) progress(event.loaded / event.total);
    });
    gltf.scene.traverse((object) => {
      if (object.morphTargetDictionary) this.meshes.push(object);
      if (object.isBone) this.joints[object.name] = object;
      if (object.isMesh) object.frustumCulled = false;
      if (object.isMesh && this.lite) object.material = plain(object.material);
    });
    this.scene.add(gltf.scene);
    progress(1);
  }

  get loaded() {
    return this.meshes.length > 0;
  }

  /** Sets the weights by the shapes' names and turns the head by [yaw, pitch, roll]. */
  apply(names, face) {
    for (const mesh of this.meshes) {
      for (let i = 0; i < names.length; i++) {
        const index = mesh.morphTargetDictionary[names[i]];
        if (index !== undefined) mesh.morphTargetInfluences[index] = face.weights[i];
      }
    }
    const [yaw, pitch, roll] = face.head;
    this.turn('neck', 0.35, yaw, pitch, roll);
    this.turn('head', 0.65, yaw, pitch, roll);
  }

  turn(name, share, yaw, pitch, roll) {
    const joint = this.joints[name];
    if (!joint) return;
    joint.rest ??= joint.quaternion.clone();
    // The roll towards the person's left shoulder turns clockwise about +Z, which faces the viewer.
    const turn = new THREE.Quaternion().setFromEuler(
      new THREE.Euler(pitch * share, yaw * share, -roll * share, 'YXZ'),
    );
    joint.quaternion.copy(joint.rest).multiply(turn);
  }

  /** The weight that is shown of a shape. */
  weight(name) {
    const mesh = this.meshes.find((candidate) => name in candidate.morphTargetDictionary);
    return mesh ? mesh.morphTargetInfluences[mesh.morphTargetDictionary[name]] : 0;
  }

  draw() {
    const now = performance.now();
    this.renderer.render(this.scene, this.camera);
    if (this.drawnAt !== undefined) this.adapt(now - this.drawnAt);
    this.drawnAt = now;
  }

  // Fewer pixels when the machine cannot keep up. A hidden page's long pauses say nothing.
  adapt(milliseconds) {
    if (milliseconds > 1000) return;
    this.slow = milliseconds > SLOW_FRAME_MS ? this.slow + 1 : 0;
    if (this.slow < 20 || this.pixelRatio <= 0.6) return;
    this.slow = 0;
    this.pixelRatio = Math.max(0.6, this.pixelRatio * 0.75);
    this.renderer.setPixelRatio(this.pixelRatio);
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.host;
    if (width === 0 || height === 0) return;
    this.renderer.setSize(width, height);
    this.camera.aspect = width / height;
    // On a narrow stage the head keeps its width.
    const distance = DISTANCE_M * Math.max(1, 0.82 / this.camera.aspect);
    this.camera.position.set(0, EYE_LEVEL_M, distance);
    this.camera.lookAt(0, EYE_LEVEL_M - 0.012, 0);
    this.camera.updateProjectionMatrix();
  }
}

function plain(material) {
  return new THREE.MeshLambertMaterial({
    map: material.map,
    color: material.color,
    vertexColors: material.vertexColors,
    alphaTest: material.alphaTest,
    transparent: material.transparent,
    side: material.side,
  });
}
