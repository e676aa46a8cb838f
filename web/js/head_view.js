// The head in its light. Draws when it is told to; knows nothing of sound or sockets.

import * as THREE from 'three';
import { RoomEnvironment } from 'three/addons/environments/RoomEnvironment.js';
import { GLTFLoader } from 'three/addons/loaders/GLTFLoader.js';
import { Pace } from './pace.js';

const FIELD_OF_VIEW = 22; // degrees
const FRAMED_HEIGHT_M = 0.352; // what the stage's height shows
const FRAMED_WIDTH_M = 0.3; // what its width shows at least
const MIDDLE_M = 0.006; // the height that stands in the stage's middle
const EYE_LEVEL_M = 0.03; // the camera's height: that of the eyes, so that they meet the viewer's
const RATIO_MIN = 0.5;
const NECK_SHARE = 0.35; // of a turn; the head does the rest

/** `lite` draws with plain shading, for machines without a graphics processor. */
export class HeadView {
  constructor(host, { lite = false } = {}) {
    this.host = host;
    this.meshes = [];
    this.materials = new Map();
    this.joints = {};
    this.levels = lite ? liteLevels() : levels(window.devicePixelRatio || 1);
    this.pace = new Pace(this.levels.length);
    this.renderer = new THREE.WebGLRenderer({
      antialias: !lite,
      alpha: true,
      powerPreference: 'low-power',
    });
    this.renderer.toneMapping = THREE.ACESFilmicToneMapping;
    this.renderer.domElement.setAttribute('aria-hidden', 'true');
    this.scene = new THREE.Scene();
    this.camera = new THREE.PerspectiveCamera(FIELD_OF_VIEW, 1, 0.05, 10);
    this.plainLight = new THREE.AmbientLight(0xffffff, 0.9);
    if (!lite) this.environment = this.makeEnvironment();
    this.addLights();
    this.useLevel(0);
    host.append(this.renderer.domElement);
    new ResizeObserver(() => this.resize()).observe(host);
    this.resize();
  }

  makeEnvironment() {
    const generator = new THREE.PMREMGenerator(this.renderer);
    const { texture } = generator.fromScene(new RoomEnvironment(), 0.04);
    generator.dispose();
    return texture;
  }

  addLights() {
    this.scene.environmentIntensity = 0.38;
    this.scene.add(this.plainLight);
    const add = (color, intensity, x, y, z) => {
      const light = new THREE.DirectionalLight(color, intensity);
      light.position.set(x, y, z);
      this.scene.add(light);
    };
    add(0xfff1e0, 1.9, -1.2, 1.4, 2.2); // warm key from the upper left front
    add(0xcfe0ff, 0.35, 2, 0.3, 1.5); // weak cool fill
    add(0xffffff, 1.6, 1.2, 1.2, -2); // rim from behind
    add(0x7fd6c8, 0.9, -2, 0.2, -1.2); // the page's colour on the other edge
  }

  /** Loads the head with these shapes; `progress` is told the share that is there, from 0 to 1. */
  async load(url, names, progress) {
    const gltf = await new GLTFLoader().loadAsync(url, (event) => {
      if (event.lengthComputable) progress(event.loaded / event.total);
    });
    gltf.scene.traverse((object) => {
      if (object.isBone)
        this.joints[object.name] = { bone: object, rest: object.quaternion.clone() };
      if (!object.isMesh) return;
      object.frustumCulled = false;
      this.materials.set(object, { fine: object.material, plain: plain(object.material) });
      if (object.morphTargetDictionary) {
        this.meshes.push({
          mesh: object,
          slots: names.map((name) => object.morphTargetDictionary[name]),
        });
      }
    });
    this.names = names;
    this.useLevel(this.level);
    if (this.renderer.extensions.has('KHR_parallel_shader_compile')) {
      await this.renderer.compileAsync(gltf.scene, this.camera, this.scene);
    }
    this.scene.add(gltf.scene);
    progress(1);
  }

  get loaded() {
    return this.names !== undefined;
  }

  /** Shows a face: the shapes' weights, and the head turned by [yaw, pitch, roll]. */
  apply({ weights, head: [yaw, pitch, roll] }) {
    for (const { mesh, slots } of this.meshes) {
      for (let i = 0; i < slots.length; i++) {
        if (slots[i] !== undefined) mesh.morphTargetInfluences[slots[i]] = weights[i];
      }
    }
    this.turn('neck', NECK_SHARE, yaw, pitch, roll);
    this.turn('head', 1 - NECK_SHARE, yaw, pitch, roll);
  }

  turn(name, share, yaw, pitch, roll) {
    const joint = this.joints[name];
    if (!joint) return;
    // A roll to the person's left shoulder turns clockwise about +Z, which faces the viewer.
    const angles = new THREE.Euler(pitch * share, yaw * share, -roll * share, 'YXZ');
    joint.bone.quaternion.setFromEuler(angles).premultiply(joint.rest);
  }

  /** The weight that is shown of a shape. */
  weight(name) {
    const at = this.names?.indexOf(name) ?? -1;
    const shaped = this.meshes.find(({ slots }) => slots[at] !== undefined);
    return shaped ? shaped.mesh.morphTargetInfluences[shaped.slots[at]] : 0;
  }

  /** How many triangles the last picture had. */
  get triangles() {
    return this.renderer.info.render.triangles;
  }

  /** Whether this machine can only just draw. */
  get strained() {
    return this.level === this.levels.length - 1;
  }

  /** Draws. `ms` is what the frame before took, by which the fineness is chosen, or null. */
  draw(ms) {
    const level = ms === null ? this.level : this.pace.frame(ms);
    if (level !== this.level) this.useLevel(level);
    this.renderer.render(this.scene, this.camera);
  }

  useLevel(level) {
    this.level = level;
    const { ratio, fine } = this.levels[level];
    this.scene.environment = fine ? this.environment : null;
    this.plainLight.visible = !fine;
    for (const [mesh, kinds] of this.materials) mesh.material = fine ? kinds.fine : kinds.plain;
    this.renderer.setPixelRatio(ratio);
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.host;
    if (width === 0 || height === 0) return;
    this.renderer.setSize(width, height);
    this.camera.aspect = width / height;
    const framed = Math.max(FRAMED_HEIGHT_M, FRAMED_WIDTH_M / this.camera.aspect);
    const distance = framed / 2 / Math.tan(THREE.MathUtils.degToRad(FIELD_OF_VIEW / 2)) + 0.06;
    this.camera.position.set(0, EYE_LEVEL_M, distance);
    this.camera.lookAt(0, MIDDLE_M, 0);
    this.camera.updateProjectionMatrix();
  }
}

// From the screen's own pixels down to half of them, and at last the plain shading.
function levels(devicePixelRatio) {
  const first = Math.min(devicePixelRatio, 2);
  const ratios = [first, first * 0.75, first * 0.5].filter((ratio) => ratio >= RATIO_MIN);
  const least = Math.max(RATIO_MIN, ratios.at(-1));
  return [...ratios.map((ratio) => ({ ratio, fine: true })), { ratio: least, fine: false }];
}

function liteLevels() {
  return [1, 0.75, RATIO_MIN].map((ratio) => ({ ratio, fine: false }));
}

function plain(material) {
  return new THREE.MeshLambertMaterial({
    map: material.map,
    color: material.color,
    vertexColors: material.vertexColors,
    alphaTest: material.alphaTest,
    transparent: material.transparent,
    depthWrite: material.depthWrite,
    side: material.side,
  });
}
