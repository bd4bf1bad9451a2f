/* Firebase as this page needs it; on the emulators where the settings name them. */
import { initializeApp } from "firebase/app";
import {
  connectAuthEmulator, createUserWithEmailAndPassword, getAuth, onAuthStateChanged,
  signInWithEmailAndPassword, signOut,
} from "firebase/auth";
import { connectFirestoreEmulator, doc, getFirestore, onSnapshot } from "firebase/firestore";
import { connectFunctionsEmulator, getFunctions, httpsCallable } from "firebase/functions";
import { connectStorageEmulator, getDownloadURL, getStorage, ref, uploadBytes } from "firebase/storage";

const { emulators, ...settings } = await (await fetch("/__/firebase/init.json")).json();
const app = initializeApp(settings);
const [auth, db, functions, storage] = [getAuth(app), getFirestore(app), getFunctions(app), getStorage(app)];

if (emulators) {
  const placeOf = address => {
    const { hostname, port } = new URL(address);
    return [hostname, Number(port)];
  };
  connectAuthEmulator(auth, emulators.auth, { disableWarnings: true });
  connectFirestoreEmulator(db, ...placeOf(emulators.firestore));
  connectFunctionsEmulator(functions, ...placeOf(emulators.functions));
  connectStorageEmulator(storage, ...placeOf(emulators.storage));
}

export const signIn = (email, password) => signInWithEmailAndPassword(auth, email, password);
export const signUp = (email, password) => createUserWithEmailAndPassword(auth, email, password);
export const leave = () => signOut(auth);
export const onUser = tell => onAuthStateChanged(auth, tell);

/* Calls an operation; an error has a message for people and `details.reason`. */
export async function call(name, data) {
  return (await httpsCallable(functions, name)(data)).data;
}

/* Puts a document among the user's uploads, where alone it may lie; answers its address. */
export async function upload(uid, file) {
  const place = ref(storage, `users/${uid}/uploads/${crypto.randomUUID()}/${file.name}`);
  await uploadBytes(place, file, { contentType: file.type || "application/octet-stream" });
  return place.toString();
}

/* Tells the job at once and whenever it changes; answers what ends that. */
export function follow(id, tell, fail) {
  return onSnapshot(doc(db, "jobs", id), found => tell(found.data()), fail);
}

/* The address of a finished file of the user's. */
export function addressOf(uid, id, name) {
  return getDownloadURL(ref(storage, `users/${uid}/generated/${id}/${name}`));
}
